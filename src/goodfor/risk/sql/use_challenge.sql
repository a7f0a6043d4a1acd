-- A challenge opens once: no row for whoever comes second.
INSERT INTO risk_used_challenge (shop_id, nonce, until) VALUES (%(shop_id)s, %(nonce)s, %(until)s)
ON CONFLICT (shop_id, nonce) DO NOTHING RETURNING true
