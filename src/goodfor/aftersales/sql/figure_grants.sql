-- aftersales: amounts beyond the price that reached buyers in a time: (sku, how many, minor units). One for a whole order
-- counts for its first line.
SELECT coalesce(g.sku_id, (SELECT l.sku_id FROM orders_line l WHERE l.shop_id = g.shop_id AND l.order_id = g.order_id
                           ORDER BY l.position LIMIT 1)),
       count(*)::int, sum(g.amount_minor)::bigint
FROM aftersales_grant g
WHERE g.shop_id = %(shop_id)s AND g.state = 'paid' AND g.currency = %(currency)s
  AND g.paid_at >= %(since)s AND g.paid_at < %(until)s
GROUP BY 1
