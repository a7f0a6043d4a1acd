-- Some decisions by their ids, whose instants tell where they lie.
SELECT d.id, d.at, d.scene, d.outcome, d.reasons, d.score, d.sampled, d.failed, d.subject_kind, d.subject_id, d.hold_until,
    e.amount_minor
FROM unnest(%(ids)s::uuid[], %(firsts)s::timestamptz[]) AS w (id, first)
CROSS JOIN LATERAL (
    SELECT * FROM risk_decision r
    WHERE r.shop_id = %(shop)s AND r.at >= w.first AND r.at < w.first + interval '1 millisecond' AND r.id = w.id
) d
LEFT JOIN risk_event e ON e.shop_id = d.shop_id AND e.at = d.at AND e.id = d.event_id
