-- How many payments in each state, counted up to a limit.
SELECT 'created', count(*) FROM (
    SELECT 1 FROM payments_payment
     WHERE shop_id = %(shop_id)s AND state = 'created'
       AND (%(low)s::uuid IS NULL OR id >= %(low)s) AND (%(high)s::uuid IS NULL OR id < %(high)s)
       AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
       AND (%(account_code)s::text IS NULL OR account_code = %(account_code)s)
       AND (%(method)s::text IS NULL OR method = %(method)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'pending', count(*) FROM (
    SELECT 1 FROM payments_payment
     WHERE shop_id = %(shop_id)s AND state = 'pending'
       AND (%(low)s::uuid IS NULL OR id >= %(low)s) AND (%(high)s::uuid IS NULL OR id < %(high)s)
       AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
       AND (%(account_code)s::text IS NULL OR account_code = %(account_code)s)
       AND (%(method)s::text IS NULL OR method = %(method)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'succeeded', count(*) FROM (
    SELECT 1 FROM payments_payment
     WHERE shop_id = %(shop_id)s AND state = 'succeeded'
       AND (%(low)s::uuid IS NULL OR id >= %(low)s) AND (%(high)s::uuid IS NULL OR id < %(high)s)
       AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
       AND (%(account_code)s::text IS NULL OR account_code = %(account_code)s)
       AND (%(method)s::text IS NULL OR method = %(method)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'closed', count(*) FROM (
    SELECT 1 FROM payments_payment
     WHERE shop_id = %(shop_id)s AND state = 'closed'
       AND (%(low)s::uuid IS NULL OR id >= %(low)s) AND (%(high)s::uuid IS NULL OR id < %(high)s)
       AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
       AND (%(account_code)s::text IS NULL OR account_code = %(account_code)s)
       AND (%(method)s::text IS NULL OR method = %(method)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'failed', count(*) FROM (
    SELECT 1 FROM payments_payment
     WHERE shop_id = %(shop_id)s AND state = 'failed'
       AND (%(low)s::uuid IS NULL OR id >= %(low)s) AND (%(high)s::uuid IS NULL OR id < %(high)s)
       AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
       AND (%(account_code)s::text IS NULL OR account_code = %(account_code)s)
       AND (%(method)s::text IS NULL OR method = %(method)s)
     LIMIT %(limit)s) x
