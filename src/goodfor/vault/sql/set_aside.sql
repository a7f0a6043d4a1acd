-- vault: codes that holders bought and that were taken out of their hands: (id, holder, expiry, first shown).
SELECT c.id, c.holder_id, l.expires_at, c.revealed_at
FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s
WHERE c.shop_id = %(shop_id)s AND c.holder_id = ANY (%(holder_ids)s::uuid[]) AND c.state IN (3, 4)
  AND c.sold_at IS NOT NULL
ORDER BY c.id
