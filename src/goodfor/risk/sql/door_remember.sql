-- Known at a door by what was right at another one.
INSERT INTO risk_door_known AS k (shop_id, door, key, good, first_at, last_at)
VALUES (%(shop_id)s, %(door)s, %(known)s, 1, %(now)s, %(now)s)
ON CONFLICT (shop_id, door, key) DO UPDATE SET good = k.good + 1, last_at = greatest(k.last_at, excluded.last_at)
