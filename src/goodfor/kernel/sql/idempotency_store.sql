-- A request key and its answer in one row; nothing when another request was first.
INSERT INTO kernel_idempotency (shop_id, scope, key, body_hash, status, answer, created_at)
VALUES (%(shop_id)s, %(scope)s, %(key)s, %(body_hash)s, %(status)s, %(answer)s, %(now)s)
ON CONFLICT DO NOTHING
