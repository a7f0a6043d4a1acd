-- promotions: what counts in a shop changed.
INSERT INTO promotions_plan AS p (shop_id, version, timezone, changed_at) VALUES (%(shop_id)s, 1, %(timezone)s, %(now)s)
ON CONFLICT (shop_id) DO UPDATE
SET version = p.version + 1, timezone = EXCLUDED.timezone, changed_at = EXCLUDED.changed_at
