-- Lines of an order as delivery needs them.
SELECT id, sku_id, quantity, unit_price_minor, limited_buyer, kind, discount_minor, gift, returned, bundle_id,
       bundle_revision_id, topped
FROM orders_line WHERE shop_id = %(shop_id)s AND order_id = %(order_id)s ORDER BY position
