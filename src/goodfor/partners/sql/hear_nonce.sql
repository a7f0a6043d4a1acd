-- A nonce of an account, the first time it is heard; no row: it was heard before.
INSERT INTO partners_nonce (shop_id, account_id, nonce, at)
VALUES (%(shop_id)s::uuid, %(account_id)s::uuid, %(nonce)s, %(now)s::timestamptz)
ON CONFLICT (shop_id, account_id, nonce) DO NOTHING
RETURNING id
