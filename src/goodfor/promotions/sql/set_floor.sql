-- promotions: a shop's floor changed, and with it what campaigns give.
INSERT INTO promotions_plan AS p (shop_id, version, timezone, floor_minor, changed_at)
VALUES (%(shop_id)s, 1, %(timezone)s, %(floor)s, %(now)s)
ON CONFLICT (shop_id) DO UPDATE
SET version = p.version + 1, timezone = EXCLUDED.timezone, floor_minor = EXCLUDED.floor_minor,
    changed_at = EXCLUDED.changed_at
