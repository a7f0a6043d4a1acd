-- vault: lock codes by id, sorted, staged ones aside: (id, state, holder, sold at, SKU, unit cost, currency).
SELECT c.id, c.state, c.holder_id, c.sold_at, c.sku_id, l.unit_cost_minor, l.currency
FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s AND l.state <> 'staged'
WHERE c.shop_id = %(shop_id)s AND c.id = ANY (%(code_ids)s::uuid[])
ORDER BY c.id FOR UPDATE OF c
