-- risk: rules or custom lists of a shop changed. Processes see the new number with their next decision.
INSERT INTO risk_rule_set (shop_id, version, changed_at) VALUES (%(shop_id)s, 1, %(now)s)
ON CONFLICT (shop_id) DO UPDATE SET version = risk_rule_set.version + 1, changed_at = excluded.changed_at
