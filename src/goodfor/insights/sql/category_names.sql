-- What a shop's shelves are called: (category, name).
SELECT id, name FROM catalog_category WHERE shop_id = %(shop_id)s
