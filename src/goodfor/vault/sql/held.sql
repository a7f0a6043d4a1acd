-- vault: codes that a holder has bought: (id, expiry, first shown).
SELECT c.id, l.expires_at, c.revealed_at
FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s
WHERE c.shop_id = %(shop_id)s AND c.holder_id = %(holder_id)s AND c.state = 2
ORDER BY c.id
