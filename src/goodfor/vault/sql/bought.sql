-- vault: of these codes those that were sold to one of the holders, set aside since or not.
SELECT id FROM vault_code
WHERE shop_id = %(shop_id)s AND id = ANY (%(code_ids)s::uuid[]) AND holder_id = ANY (%(holder_ids)s::uuid[])
  AND sold_at IS NOT NULL
