-- What each of a shop's SKUs is called, and on which shelf it stands today: (sku, name, category).
SELECT s.id, p.name || CASE WHEN s.name = '' THEN '' ELSE ' ' || s.name END, p.category_id
  FROM catalog_sku s JOIN catalog_product p ON p.shop_id = s.shop_id AND p.id = s.product_id
 WHERE s.shop_id = %(shop_id)s
