-- The breaker opens, or stays open for longer; no row: it is open for long enough, and nothing was written.
INSERT INTO risk_door_breaker AS b (shop_id, door, scope, batch, why, cost, times, opened_at, open_until, misses)
VALUES (%(shop_id)s, %(door)s, %(scope)s, %(batch)s, %(why)s, 2, 1, %(now)s,
        %(now)s::timestamptz + %(stays)s::interval, %(misses)s)
ON CONFLICT (shop_id, door, scope) DO UPDATE SET
    batch = excluded.batch,
    misses = excluded.misses,
    why = CASE WHEN b.open_until > %(now)s THEN b.why ELSE excluded.why END,
    times = CASE WHEN b.open_until > %(now)s THEN b.times
                 WHEN b.open_until < %(now)s::timestamptz - interval '1 day' THEN 1
                 ELSE b.times + 1 END,
    cost = CASE WHEN b.open_until > %(now)s THEN b.cost
                WHEN b.open_until < %(now)s::timestamptz - interval '1 day' THEN 2
                ELSE least(2 + b.times / 2, 4) END,
    opened_at = CASE WHEN b.open_until > %(now)s THEN b.opened_at ELSE excluded.opened_at END,
    open_until = %(now)s::timestamptz + %(stays)s::interval
        * CASE WHEN b.open_until < %(now)s::timestamptz - interval '1 day' THEN 1 ELSE 2 ^ least(b.times, 3) END
WHERE b.open_until < %(now)s::timestamptz + %(stays)s::interval / 2
RETURNING opened_at = %(now)s, opened_at, open_until, why
