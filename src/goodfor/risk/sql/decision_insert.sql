INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, subject_id, features, set_version, hits, score,
    model_id, challengers, why, rules_version, outcome, reasons, hold_until, cost, sampled, failed, absent, silent,
    latency_us, expires_at)
VALUES (%(shop)s, %(at)s, %(id)s, %(event)s, %(scene)s, %(subject_kind)s, %(subject)s, %(features)s::jsonb,
    %(set_version)s, %(hits)s::jsonb, %(score)s, %(model)s, %(challengers)s::jsonb, %(why)s::jsonb, %(rules_version)s,
    %(outcome)s, %(reasons)s, %(hold_until)s, %(cost)s, %(sampled)s, %(failed)s, %(absent)s, %(silent)s, %(latency_us)s,
    %(expires_at)s)
