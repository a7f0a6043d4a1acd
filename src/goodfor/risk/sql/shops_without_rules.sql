-- Shops (identity's; shop_id here) that never had a rule, oldest first.
SELECT s.id FROM identity_shop s
WHERE NOT EXISTS (SELECT FROM risk_rule r WHERE r.shop_id = s.id) ORDER BY s.created_at, s.id LIMIT %(limit)s
