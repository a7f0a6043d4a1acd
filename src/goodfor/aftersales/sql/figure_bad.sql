-- aftersales: units that proved bad, of the orders placed in a time: (sku, units).
SELECT k.sku_id, sum(k.units)::bigint
FROM orders_order o JOIN aftersales_case k ON k.shop_id = o.shop_id AND k.order_id = o.id AND k.proven
WHERE o.shop_id = %(shop_id)s AND o.state IN ('delivered', 'refunding', 'refunded')
  AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
GROUP BY 1
