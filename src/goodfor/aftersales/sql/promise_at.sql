-- aftersales: what was promised for a SKU at a moment, narrowest first, each the version then in force: (rank, id, scope,
-- version, terms as text); terms null: taken away. Where the caller does not know the SKU's category (or whose goods it
-- is), a row of rank 10 (20) says that the shop has promises that it would need to know for.
(SELECT 1 AS rank, id, scope, version, terms::text FROM aftersales_promise
 WHERE shop_id = %(shop_id)s AND scope = 'sku' AND scope_id = %(sku_id)s::uuid AND from_at <= %(at)s
 ORDER BY from_at DESC, version DESC LIMIT 1)
UNION ALL
(SELECT 2, id, scope, version, terms::text FROM aftersales_promise
 WHERE shop_id = %(shop_id)s AND scope = 'category' AND scope_id = %(category_id)s::uuid AND from_at <= %(at)s
 ORDER BY from_at DESC, version DESC LIMIT 1)
UNION ALL
(SELECT 3, id, scope, version, terms::text FROM aftersales_promise
 WHERE shop_id = %(shop_id)s AND scope = 'supplier' AND scope_id = %(supplier_id)s::uuid AND from_at <= %(at)s
 ORDER BY from_at DESC, version DESC LIMIT 1)
UNION ALL
(SELECT 4, id, scope, version, terms::text FROM aftersales_promise
 WHERE shop_id = %(shop_id)s AND scope = 'shop' AND scope_id IS NULL AND from_at <= %(at)s
 ORDER BY from_at DESC, version DESC LIMIT 1)
UNION ALL
(SELECT 10, NULL, 'category', 0, NULL
 WHERE %(sku_id)s::uuid IS NOT NULL AND %(category_id)s::uuid IS NULL
   AND EXISTS (SELECT FROM aftersales_promise WHERE shop_id = %(shop_id)s AND scope = 'category'))
UNION ALL
(SELECT 20, NULL, 'supplier', 0, NULL
 WHERE %(sku_id)s::uuid IS NOT NULL AND %(supplier_id)s::uuid IS NULL
   AND EXISTS (SELECT FROM aftersales_promise WHERE shop_id = %(shop_id)s AND scope = 'supplier'))
ORDER BY rank
