-- Price, limits and title of SKUs, with whether SKU and product are on sale, and where they stand.
SELECT s.id, p.name || ' ' || s.name, s.price_minor, s.currency, s.per_order_limit, s.per_buyer_limit,
       s.delivery_kind, s.hold_seconds, s.on_sale AND p.on_sale, p.id, p.category_id, s.least_tier
FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id AND p.shop_id = s.shop_id
WHERE s.shop_id = %(shop_id)s AND s.id = ANY(%(sku_ids)s)
