-- Shops whose hours have not been counted up to there, those that wait longest first.
SELECT s.id AS shop_id, f.until FROM identity_shop s
LEFT JOIN risk_hour_fold f ON f.shop_id = s.id
WHERE f.until IS NULL OR f.until < %(until)s
ORDER BY f.until NULLS FIRST, s.id LIMIT %(limit)s
