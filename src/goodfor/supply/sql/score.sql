-- supply, platform job: each supplier's last purchases, summed up.
INSERT INTO supply_score AS s (supplier_id, shop_id, tries, success, unknown, p95_seconds, counted_at)
SELECT p.id, p.shop_id, a.tries, a.success, a.unknown, a.p95, %(now)s
FROM supply_supplier p
CROSS JOIN LATERAL (
    SELECT count(*)::int AS tries,
           coalesce(avg((l.state IN ('delivered', 'partial', 'late'))::int) FILTER (WHERE l.ended_at IS NOT NULL), 1)::float
               AS success,
           coalesce(avg((l.state IN ('unknown', 'manual') OR l.asked > 3)::int), 0)::float AS unknown,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM l.ended_at - l.sent_at))
               FILTER (WHERE l.state = 'delivered') AS p95
    FROM (SELECT state, ended_at, sent_at, asked FROM supply_attempt
          WHERE shop_id = p.shop_id AND supplier_id = p.id AND sent_at > %(since)s
          ORDER BY sent_at DESC LIMIT %(last)s::bigint) l
) a
WHERE p.enabled AND a.tries > 0
ON CONFLICT (supplier_id) DO UPDATE
SET tries = excluded.tries, success = excluded.success, unknown = excluded.unknown,
    p95_seconds = excluded.p95_seconds, counted_at = excluded.counted_at
