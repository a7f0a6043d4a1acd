-- vault: lock lots of a batch, or some lots, sorted: (id, state, sku).
SELECT id, state, sku_id FROM vault_lot
WHERE shop_id = %(shop_id)s AND (batch_id = %(batch_id)s::uuid OR id = ANY (%(lot_ids)s::uuid[]))
ORDER BY id FOR UPDATE
