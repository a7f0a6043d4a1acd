-- aftersales: in which category each of these SKUs is.
SELECT s.id, p.category_id FROM catalog_sku s JOIN catalog_product p ON p.shop_id = s.shop_id AND p.id = s.product_id
WHERE s.shop_id = %(shop_id)s AND s.id = ANY (%(sku_ids)s::uuid[]) AND p.category_id IS NOT NULL
