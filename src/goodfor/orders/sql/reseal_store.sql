-- orders, platform job, any shop_id: contacts sealed anew; orders that a sale has locked are left for the next pass.
WITH locked AS MATERIALIZED (
    SELECT c.id, n.blob
    FROM orders_order c
    JOIN unnest(%(ids)s::uuid[], %(olds)s::int[], %(were)b::bytea[], %(blobs)b::bytea[]) AS n (id, old_key, was, blob)
      ON n.id = c.id AND n.old_key = c.contact_key_id AND n.was = c.contact_blob
    ORDER BY c.id
    FOR UPDATE OF c SKIP LOCKED
)
UPDATE orders_order c SET contact_key_id = %(active)s, contact_blob = l.blob
FROM locked l WHERE c.id = l.id
