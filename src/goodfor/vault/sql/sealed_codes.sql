-- vault: these codes, sealed: (id, SKU, key, blob).
SELECT id, sku_id, key_id, blob FROM vault_code
WHERE shop_id = %(shop_id)s AND id = ANY (%(code_ids)s::uuid[]) ORDER BY id
