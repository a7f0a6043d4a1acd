-- vault, platform job: open lots past their expiry leave the way of claims: (shop, lot).
UPDATE vault_lot SET state = 'expired'
WHERE id IN (
    SELECT id FROM vault_lot WHERE state = 'open' AND expires_at <= %(now)s ORDER BY expires_at LIMIT %(limit)s::bigint
)
RETURNING shop_id, id
