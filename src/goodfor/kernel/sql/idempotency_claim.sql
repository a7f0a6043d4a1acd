-- Take a request key; no row when it is taken already (after waiting for a concurrent holder to end).
INSERT INTO kernel_idempotency (shop_id, scope, key, body_hash, created_at)
VALUES (%(shop_id)s, %(scope)s, %(key)s, %(body_hash)s, %(now)s)
ON CONFLICT DO NOTHING
RETURNING 1
