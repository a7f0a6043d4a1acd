-- finance: some orders as orders knows them.
SELECT o.id, o.number, o.currency, o.total_minor, o.state, o.paid_at, o.delivered_at, o.channel
  FROM orders_order o
 WHERE o.shop_id = %(shop_id)s AND o.id = ANY(%(ids)s::uuid[])
