-- supply: so much of a day's bound is used, if there is room; no row: there is not.
INSERT INTO supply_day AS d (shop_id, day, key, used)
SELECT %(shop_id)s, %(day)s, %(key)s, %(amount)s::bigint WHERE %(amount)s::bigint <= %(most)s::bigint
ON CONFLICT (shop_id, day, key) DO UPDATE SET used = d.used + excluded.used
WHERE d.used + excluded.used <= %(most)s::bigint
RETURNING used
