-- A decision, and the rows by which people see its keys: new ones, and those that were not touched for long.
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
    WHERE e.shop_id = %(shop)s AND e.last_at < %(touched)s
    FOR NO KEY UPDATE OF e SKIP LOCKED
), touched AS (
    UPDATE risk_entity e SET last_at = %(at)s FROM old WHERE e.shop_id = %(shop)s AND e.id = old.id
)
INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, subject_id, features, set_version, hits, score,
    model_id, challengers, why, rules_version, outcome, reasons, hold_until, cost, sampled, failed, absent, silent,
    latency_us, expires_at)
SELECT shop_id, at, id, event_id, scene, subject_kind, subject_id, features, set_version, hits, score, model_id,
    challengers, why, rules_version, outcome, reasons, hold_until, cost, sampled, failed, absent, silent, latency_us,
    expires_at
FROM jsonb_to_record(%(row)s::text::jsonb) AS r (
    shop_id uuid, at timestamptz, id uuid, event_id bigint, scene smallint, subject_kind text, subject_id uuid,
    features jsonb, set_version smallint, hits jsonb, score double precision, model_id uuid, challengers jsonb, why jsonb,
    rules_version integer, outcome text, reasons text[], hold_until timestamptz, cost smallint, sampled boolean,
    failed text[], absent text[], silent text[], latency_us integer, expires_at timestamptz)
