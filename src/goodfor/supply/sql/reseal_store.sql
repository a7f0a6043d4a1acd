-- supply, platform job, any shop_id: secrets of suppliers sealed anew, where the row is still as it was read.
WITH locked AS MATERIALIZED (
    SELECT c.id, n.blob
    FROM supply_supplier c
    JOIN unnest(%(ids)s::uuid[], %(olds)s::int[], %(were)b::bytea[], %(blobs)b::bytea[]) AS n (id, old_key, was, blob)
      ON n.id = c.id AND n.old_key = c.secret_key_id AND n.was = c.secret_blob
    ORDER BY c.id
    FOR UPDATE OF c SKIP LOCKED
)
UPDATE supply_supplier c SET secret_key_id = %(active)s, secret_blob = l.blob
FROM locked l WHERE c.id = l.id
