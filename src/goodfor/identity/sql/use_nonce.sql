-- Use a nonce once: no row touched means that it was used before.
INSERT INTO identity_nonce (shop_id, client_id, nonce, expires_at)
VALUES (%(shop_id)s, %(client_id)s, %(nonce)s, %(expires_at)s)
ON CONFLICT DO NOTHING
