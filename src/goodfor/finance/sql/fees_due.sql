-- finance: the next fees of a bill that are not booked.
SELECT f.line, f.amount_minor, f.order_id, f.happened_at, coalesce(o.channel, '')
  FROM finance_fee f
  LEFT JOIN orders_order o ON o.shop_id = f.shop_id AND o.id = f.order_id
 WHERE f.shop_id = %(shop_id)s AND f.bill_id = %(bill_id)s AND f.booked_at IS NULL
 ORDER BY f.line
 LIMIT %(limit)s
