-- A page of a shop's payments for the staff, newest first: ids only. Ids ascend with time, so a range of time is first a
-- range of ids (`low`, `high`: a day wider), then exactly created_at. Planned with its values every time.
SELECT id FROM payments_payment
 WHERE shop_id = %(shop_id)s
   AND (%(state)s::text IS NULL OR state = %(state)s)
   AND (%(low)s::uuid IS NULL OR id >= %(low)s) AND (%(high)s::uuid IS NULL OR id < %(high)s)
   AND (%(after_id)s::uuid IS NULL OR id < %(after_id)s)
   AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
   AND (%(account_code)s::text IS NULL OR account_code = %(account_code)s)
   AND (%(method)s::text IS NULL OR method = %(method)s)
   AND (%(number)s::text IS NULL OR number = %(number)s)
   AND (%(source_id)s::uuid IS NULL OR (source_type = 'order' AND source_id = %(source_id)s))
   AND (%(channel_ref)s::text IS NULL OR id IN (
        SELECT f.payment_id FROM payments_fact f
         WHERE f.shop_id = %(shop_id)s AND f.account_id = ANY (%(account_ids)s::uuid[]) AND f.channel_ref = %(channel_ref)s
           AND f.kind = ANY ('{paid,closed,refunded,refund_failed}')))
 ORDER BY id DESC
OFFSET %(offset)s LIMIT %(limit)s
