-- Who met a planted code, and the rows by which people see their keys.
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(kinds)s::smallint[], %(keys)s::bigint[], %(labels)s::varchar[],
        %(key_ids)s::smallint[], %(blobs)s::bytea[]) AS g (id, kind, key, label, value_key_id, value_blob)
), named AS (
    INSERT INTO risk_entity (id, shop_id, kind, key, label, value_key_id, value_blob, first_at, last_at)
    SELECT id, %(shop_id)s, kind, key, label, value_key_id, value_blob, %(now)s, %(now)s FROM given
    ORDER BY kind, key
    ON CONFLICT (shop_id, kind, key) DO NOTHING
)
INSERT INTO risk_meeting AS m (id, shop_id, planted_id, place, buyer, device, address, count, first_at, last_at)
VALUES (%(id)s, %(shop_id)s, %(planted_id)s, %(place)s, %(buyer)s, %(device)s, %(address)s, 1, %(now)s, %(now)s)
ON CONFLICT (shop_id, planted_id, place, buyer, device, address) DO UPDATE
    SET count = m.count + 1, last_at = greatest(m.last_at, excluded.last_at)
