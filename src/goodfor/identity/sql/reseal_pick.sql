-- identity, platform job: signing secrets sealed with another key than the active one, of all shop_ids; not locked.
SELECT id, signing_secret_key_id, signing_secret_blob, shop_id FROM identity_api_client
WHERE id > %(after)s AND signing_secret_key_id <> %(active)s
ORDER BY id LIMIT %(limit)s::bigint
