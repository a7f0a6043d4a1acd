-- finance: these fees are in the books.
UPDATE finance_fee f SET booked_at = %(now)s
 WHERE f.shop_id = %(shop_id)s AND f.bill_id = %(bill_id)s AND f.line = ANY(%(lines)s::int[]) AND f.booked_at IS NULL
