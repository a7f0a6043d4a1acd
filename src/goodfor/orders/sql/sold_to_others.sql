-- Paid orders of these SKUs by anybody but these clients, as (SKU, payment): one row a pair, some are enough.
SELECT DISTINCT line.sku_id, o.payment_id
  FROM orders_line line JOIN orders_order o ON o.shop_id = line.shop_id AND o.id = line.order_id
 WHERE line.shop_id = %(shop_id)s AND o.shop_id = %(shop_id)s AND line.sku_id = ANY(%(sku_ids)s::uuid[])
   AND o.payment_id IS NOT NULL
   AND (o.client_id IS NULL OR o.client_id <> ALL(%(client_ids)s::uuid[]))
 LIMIT %(limit)s
