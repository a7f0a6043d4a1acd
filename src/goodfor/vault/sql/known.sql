-- vault: which of these fingerprints the shop ever held: (fingerprint, code, batch).
SELECT c.fingerprint, c.id, l.batch_id
FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s
WHERE c.shop_id = %(shop_id)s AND c.fingerprint = ANY (%(fingerprints)b)
