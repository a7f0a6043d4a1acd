-- An event, and the rows by which people see its keys, where this process does not know that they are there.
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(kinds)s::smallint[], %(keys)s::bigint[], %(labels)s::varchar[],
        %(key_ids)s::smallint[], %(blobs)s::bytea[]) AS g (id, kind, key, label, value_key_id, value_blob)
), fresh AS (
    INSERT INTO risk_entity (id, shop_id, kind, key, label, value_key_id, value_blob, first_at, last_at)
    SELECT id, %(shop)s, kind, key, label, value_key_id, value_blob, %(at)s, %(at)s FROM given
    ORDER BY kind, key
    ON CONFLICT (shop_id, kind, key) DO NOTHING
), old AS (
    -- What another process touches just now need not be touched by us, nor waited for.
    SELECT e.id FROM risk_entity e JOIN given g ON g.kind = e.kind AND g.key = e.key
    WHERE e.shop_id = %(shop)s AND e.last_at < %(stale)s
    FOR NO KEY UPDATE OF e SKIP LOCKED
), touched AS (
    UPDATE risk_entity e SET last_at = %(at)s FROM old WHERE e.shop_id = %(shop)s AND e.id = old.id
)
INSERT INTO risk_event (shop_id, at, scene, result, amount_minor, buyer, device, network, address, phone, mail, instrument,
    batch, referrer, subject_id, decision_id)
VALUES (%(shop)s, %(at)s, %(scene)s, %(result)s, %(amount)s, nullif(%(buyer)s, 0), nullif(%(device)s, 0),
    nullif(%(network)s, 0), nullif(%(address)s, 0), nullif(%(phone)s, 0), nullif(%(mail)s, 0), nullif(%(instrument)s, 0),
    nullif(%(batch)s, 0), nullif(%(referrer)s, 0), nullif(%(subject)s, %(nobody)s), nullif(%(decision)s, %(nobody)s))
RETURNING id
