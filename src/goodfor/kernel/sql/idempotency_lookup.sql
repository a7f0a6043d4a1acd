-- The stored answer of a request key.
SELECT body_hash, status, answer FROM kernel_idempotency
WHERE shop_id = %(shop_id)s AND scope = %(scope)s AND key = %(key)s
