-- finance: the lines of some orders, with the category of their SKU.
SELECT l.order_id, l.id, l.sku_id, l.quantity, l.unit_price_minor, l.discount_minor, p.category_id
  FROM orders_line l
  LEFT JOIN catalog_sku s ON s.shop_id = l.shop_id AND s.id = l.sku_id
  LEFT JOIN catalog_product p ON p.shop_id = s.shop_id AND p.id = s.product_id
 WHERE l.shop_id = %(shop_id)s AND l.order_id = ANY(%(ids)s::uuid[])
 ORDER BY l.order_id, l.position
