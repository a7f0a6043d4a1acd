-- vault: where one code is and who has it, without its text.
SELECT c.id, c.sku_id, l.batch_id, b.filename, c.state, l.state, l.expires_at, l.unit_cost_minor, l.currency,
       c.holder_id, c.sold_at, c.revealed_at
FROM vault_code c
JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s
JOIN vault_batch b ON b.id = l.batch_id AND b.shop_id = %(shop_id)s
WHERE c.shop_id = %(shop_id)s AND c.id = %(code_id)s
