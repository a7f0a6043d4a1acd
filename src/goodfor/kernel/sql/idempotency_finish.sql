-- Store the answer of a claimed request key.
UPDATE kernel_idempotency SET status = %(status)s, answer = %(answer)s
WHERE shop_id = %(shop_id)s AND scope = %(scope)s AND key = %(key)s
