-- vault: which of these codes are planted: (id, fingerprint).
SELECT id, fingerprint FROM vault_code
WHERE shop_id = %(shop_id)s AND id = ANY (%(code_ids)s::uuid[]) AND canary
