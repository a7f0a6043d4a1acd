-- risk: every rule of a shop that is evaluated, as it is in force.
SELECT r.id, r.code, r.state, r.percent, v.number, v.outcome, v.hard, v.hold_minutes, v.cost, v.label, v.quarantine_days,
       v.quarantine_by, v.scenes, v.id, v.tree::text
FROM risk_rule r JOIN risk_rule_version v ON v.id = r.version_id AND v.shop_id = r.shop_id
WHERE r.shop_id = %(shop_id)s AND r.state IN ('shadow', 'percent', 'live')
