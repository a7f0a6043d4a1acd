-- How many orders in each state, counted up to a limit: the tabs of the staff's list.
SELECT 'placed', count(*) FROM (
    SELECT 1 FROM orders_order
     WHERE shop_id = %(shop_id)s AND state = 'placed'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'paid', count(*) FROM (
    SELECT 1 FROM orders_order
     WHERE shop_id = %(shop_id)s AND state = 'paid'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'delivered', count(*) FROM (
    SELECT 1 FROM orders_order
     WHERE shop_id = %(shop_id)s AND state = 'delivered'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'refunding', count(*) FROM (
    SELECT 1 FROM orders_order
     WHERE shop_id = %(shop_id)s AND state = 'refunding'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'refunded', count(*) FROM (
    SELECT 1 FROM orders_order
     WHERE shop_id = %(shop_id)s AND state = 'refunded'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'cancelled', count(*) FROM (
    SELECT 1 FROM orders_order
     WHERE shop_id = %(shop_id)s AND state = 'cancelled'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     LIMIT %(limit)s) x
UNION ALL
SELECT 'expired', count(*) FROM (
    SELECT 1 FROM orders_order
     WHERE shop_id = %(shop_id)s AND state = 'expired'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     LIMIT %(limit)s) x
