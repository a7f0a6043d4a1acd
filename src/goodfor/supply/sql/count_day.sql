-- supply: what is used of a day's bound, corrected by what became known, whatever the bound is.
INSERT INTO supply_day AS d (shop_id, day, key, used)
VALUES (%(shop_id)s, %(day)s, %(key)s, greatest(%(amount)s::bigint, 0))
ON CONFLICT (shop_id, day, key) DO UPDATE SET used = greatest(d.used + %(amount)s::bigint, 0)
