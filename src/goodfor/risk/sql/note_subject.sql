-- The latest attempt of a scene about a subject that has no result yet gets one, under the same keys.
INSERT INTO risk_event (shop_id, at, scene, result, amount_minor, buyer, device, network, address, phone, mail, instrument,
    batch, referrer, subject_id, decision_id)
SELECT e.shop_id, %(at)s, e.scene, %(result)s, e.amount_minor, e.buyer, e.device, e.network, e.address, e.phone, e.mail,
    e.instrument, e.batch, e.referrer, e.subject_id, d.id
FROM (SELECT id, at, event_id FROM risk_decision
      WHERE shop_id = %(shop)s AND subject_kind = %(kind)s AND subject_id = %(subject)s AND scene = %(scene)s
      ORDER BY at DESC LIMIT 1) d
JOIN risk_event e ON e.shop_id = %(shop)s AND e.at = d.at AND e.id = d.event_id
WHERE NOT EXISTS (SELECT FROM risk_event r WHERE r.shop_id = %(shop)s AND r.decision_id = d.id AND r.result <> 0)
RETURNING decision_id
