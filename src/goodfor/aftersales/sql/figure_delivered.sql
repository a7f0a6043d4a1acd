-- aftersales: delivered lines of the orders placed in a time, by SKU and by seconds from paid to delivered (null: bought
-- from a balance, where nobody waits, or held after the payment, where the wait was meant): (sku, place among the bounds,
-- lines, units).
SELECT l.sku_id, CASE WHEN o.secret_hash IS NOT NULL AND h.order_id IS NULL THEN
           width_bucket(extract(epoch FROM o.delivered_at - o.paid_at)::float8, %(bounds)s::float8[]) END,
       count(*)::int, sum(coalesce(l.topped, l.quantity))::bigint
FROM orders_order o JOIN orders_line l ON l.shop_id = o.shop_id AND l.order_id = o.id
LEFT JOIN orders_hold h ON h.shop_id = o.shop_id AND h.order_id = o.id AND h.ended_at > o.paid_at
WHERE o.shop_id = %(shop_id)s AND o.state IN ('delivered', 'refunding', 'refunded')
  AND o.placed_at >= %(since)s AND o.placed_at < %(until)s AND o.delivered_at IS NOT NULL
GROUP BY 1, 2
