-- vault, platform job: new ciphertext of locked codes.
UPDATE vault_code c SET key_id = %(active)s, blob = n.blob
FROM unnest(%(ids)s::uuid[], %(blobs)b::bytea[]) AS n (id, blob)
WHERE c.id = n.id
