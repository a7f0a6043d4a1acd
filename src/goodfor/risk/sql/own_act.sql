-- risk: whether whoever acted in a decision has this key.
SELECT 1 FROM risk_decision d JOIN risk_event e ON e.shop_id = d.shop_id AND e.at = d.at AND e.id = d.event_id
WHERE d.shop_id = %(shop_id)s AND d.id = %(decision_id)s AND d.at >= risk_decision_time(%(decision_id)s::uuid)
  AND d.at < risk_decision_time(%(decision_id)s::uuid) + interval '1 millisecond' AND e.buyer = %(own)s::bigint
