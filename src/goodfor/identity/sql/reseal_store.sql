-- identity, platform job, any shop_id: signing secrets sealed anew, where nobody has set another one meanwhile.
WITH locked AS MATERIALIZED (
    SELECT c.id, n.blob
    FROM identity_api_client c
    JOIN unnest(%(ids)s::uuid[], %(olds)s::int[], %(were)b::bytea[], %(blobs)b::bytea[]) AS n (id, old_key, was, blob)
      ON n.id = c.id AND n.old_key = c.signing_secret_key_id AND n.was = c.signing_secret_blob
    ORDER BY c.id
    FOR UPDATE OF c SKIP LOCKED
)
UPDATE identity_api_client c SET signing_secret_key_id = %(active)s, signing_secret_blob = l.blob
FROM locked l WHERE c.id = l.id
