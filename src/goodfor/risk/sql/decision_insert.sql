-- The whole row as one JSON object: of one type whatever is missing, so that one prepared statement serves all.
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
