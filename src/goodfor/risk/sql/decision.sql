-- One decision with the keys of its event and what became of the act. Its id tells its month.
SELECT d.id, d.at, d.scene, d.outcome, d.reasons, d.score, d.sampled, d.failed, d.subject_kind, d.subject_id, d.hold_until,
    e.amount_minor, d.event_id, d.features, d.set_version, d.hits, d.model_id, d.challengers, d.why, d.rules_version, d.cost,
    d.absent, d.silent, d.latency_us, d.expires_at,
    (SELECT r.result FROM risk_event r WHERE r.shop_id = d.shop_id AND r.decision_id = d.id AND r.result <> 0 LIMIT 1),
    e.buyer, e.device, e.network, e.address, e.phone, e.mail, e.instrument, e.batch, e.referrer
FROM risk_decision d
LEFT JOIN risk_event e ON e.shop_id = d.shop_id AND e.at = d.at AND e.id = d.event_id
WHERE d.shop_id = %(shop)s AND d.at >= %(first)s AND d.at < %(last)s AND d.id = %(id)s
