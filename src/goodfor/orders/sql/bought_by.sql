-- How many of limited SKUs a buyer holds or has on order.
SELECT l.sku_id, sum(l.quantity)
FROM orders_line l JOIN orders_order o ON o.id = l.order_id AND o.shop_id = l.shop_id
WHERE l.shop_id = %(shop_id)s AND l.sku_id = ANY(%(sku_ids)s) AND l.limited_buyer = %(buyer_ref)s
  AND o.state IN ('placed', 'paid', 'delivered')
GROUP BY l.sku_id
