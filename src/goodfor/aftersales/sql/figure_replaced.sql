-- aftersales: units that were given in the place of bad ones, of the orders placed in a time: (sku, units).
SELECT l.sku_id, count(*)::bigint
FROM orders_order o
JOIN orders_line l ON l.shop_id = o.shop_id AND l.order_id = o.id
JOIN orders_claim_unit u ON u.shop_id = l.shop_id AND u.line_id = l.id AND u.state = 'replaced'
WHERE o.shop_id = %(shop_id)s AND o.state IN ('delivered', 'refunding', 'refunded')
  AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
GROUP BY 1
