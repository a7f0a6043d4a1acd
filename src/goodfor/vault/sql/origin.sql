-- vault: where codes came from and how they stand: (code, batch, lot, state, first shown, expiry).
SELECT c.id, l.batch_id, c.lot_id, c.state, c.revealed_at, l.expires_at
FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s
WHERE c.shop_id = %(shop_id)s AND c.id = ANY (%(code_ids)s::uuid[])
