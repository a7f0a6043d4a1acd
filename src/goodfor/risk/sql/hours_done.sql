-- A shop's hours are counted up to there; no row where somebody else was quicker.
INSERT INTO risk_hour_fold (shop_id, until) VALUES (%(shop)s, %(until)s)
ON CONFLICT (shop_id) DO UPDATE SET until = excluded.until WHERE risk_hour_fold.until = %(before)s::timestamptz
