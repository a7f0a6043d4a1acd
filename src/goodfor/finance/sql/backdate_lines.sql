-- finance: the next lines that were delivered in a time, in the order of their delivery.
SELECT s.delivered_at, s.order_line_id, min(s.order_id::text)::uuid, min(s.currency)
  FROM finance_sold s
 WHERE s.shop_id = %(shop_id)s AND s.delivered_at >= %(from_at)s AND s.delivered_at < %(until_at)s
   AND (%(after_at)s::timestamptz IS NULL OR (s.delivered_at, s.order_line_id) > (%(after_at)s, %(after_line)s::uuid))
 GROUP BY s.delivered_at, s.order_line_id
 ORDER BY s.delivered_at, s.order_line_id
 LIMIT %(limit)s
