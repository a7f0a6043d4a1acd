-- vault, platform job: new ciphertext for codes still under their old key; those that a sale has locked are left.
WITH news AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::uuid[], %(olds)s::smallint[], %(blobs)b::bytea[]) AS n (id, old_key, blob)
), locked AS MATERIALIZED (
    SELECT c.id, n.blob FROM vault_code c JOIN news n ON n.id = c.id AND n.old_key = c.key_id
    WHERE c.id = ANY (%(ids)s::uuid[])
    ORDER BY c.id
    FOR UPDATE OF c SKIP LOCKED
)
UPDATE vault_code c SET key_id = %(active)s, blob = l.blob
FROM locked l
WHERE c.id = l.id AND c.id = ANY (%(ids)s::uuid[])
