-- supply, platform job: forms of buyers sealed with another key than the active one; not locked.
SELECT id, form_key_id, form_blob, shop_id FROM supply_want
WHERE id > %(after)s AND form_key_id <> %(active)s
ORDER BY id LIMIT %(limit)s::bigint
