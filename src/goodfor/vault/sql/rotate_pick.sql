-- vault, platform job: codes sealed with another key than the active one, in the order of ids; not locked.
SELECT id, key_id, blob, shop_id, sku_id FROM vault_code
WHERE id > %(after)s AND key_id <> %(active)s
ORDER BY id LIMIT %(limit)s::bigint
