-- supply, platform job: secrets of suppliers sealed with another key than the active one; not locked.
SELECT id, secret_key_id, secret_blob, shop_id FROM supply_supplier
WHERE id > %(after)s AND secret_key_id <> %(active)s
ORDER BY id LIMIT %(limit)s::bigint
