-- Payments of paid orders of anybody but these clients, latest first.
SELECT payment_id FROM orders_order
 WHERE shop_id = %(shop_id)s AND payment_id IS NOT NULL
   AND (client_id IS NULL OR client_id <> ALL(%(client_ids)s::uuid[]))
 ORDER BY id DESC LIMIT %(limit)s
