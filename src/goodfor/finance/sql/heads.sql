-- finance: some orders as orders knows them, and how far finance has them; times in microseconds since 1970.
SELECT o.id, o.number, o.currency, o.total_minor, o.state, (extract(epoch FROM o.paid_at) * 1000000)::bigint, o.channel,
       f.order_id IS NOT NULL, f.delivered_at IS NOT NULL
  FROM orders_order o
  LEFT JOIN finance_order f ON f.order_id = o.id AND f.shop_id = o.shop_id
 WHERE o.shop_id = %(shop_id)s AND o.id = ANY(%(ids)s::uuid[])
 ORDER BY o.id
