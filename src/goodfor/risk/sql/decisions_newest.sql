-- Newest first, from a place on; of all outcomes.
SELECT d.id, d.at, d.scene, d.outcome, d.reasons, d.score, d.sampled, d.failed, d.subject_kind, d.subject_id, d.hold_until,
    e.amount_minor
FROM (SELECT * FROM risk_decision
      WHERE shop_id = %(shop)s AND at <= %(before_at)s AND (at, id) < (%(before_at)s, %(before_id)s::uuid)
      ORDER BY at DESC, id DESC LIMIT %(limit)s) d
LEFT JOIN risk_event e ON e.shop_id = d.shop_id AND e.at = d.at AND e.id = d.event_id
ORDER BY d.at DESC, d.id DESC
