-- finance: the next fees of a bill that are not booked.
SELECT f.line, f.amount_minor, f.order_id, f.happened_at
  FROM finance_fee f
 WHERE f.shop_id = %(shop_id)s AND f.bill_id = %(bill_id)s AND f.booked_at IS NULL
 ORDER BY f.line
 LIMIT %(limit)s
