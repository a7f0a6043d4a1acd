-- vault: what these codes had cost, and where each came from: (id, source, minor units, currency).
SELECT c.id, b.filename, l.unit_cost_minor, l.currency
FROM vault_code c
JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s
JOIN vault_batch b ON b.id = l.batch_id AND b.shop_id = %(shop_id)s
WHERE c.shop_id = %(shop_id)s AND c.id = ANY (%(code_ids)s::uuid[])
ORDER BY c.id
