-- supply, platform job: of each enabled supplier's purchases of the last days, units and bad units, without what a
-- person has already answered for: (shop, supplier, since, units, bad, level that holds, bounds).
WITH judged AS (
    SELECT s.shop_id, s.id,
           greatest(%(since)s::timestamptz,
                    (SELECT max(k.lifted_at) FROM supply_consequence k
                     WHERE k.shop_id = s.shop_id AND k.supplier_id = s.id AND k.lifted_by <> 'system')) AS since,
           s.bad_least_units, s.bad_weigh_points, s.bad_hold_points, s.bad_suspend_points
    FROM supply_supplier s
    WHERE s.enabled AND (%(supplier_id)s::uuid IS NULL OR s.id = %(supplier_id)s::uuid)
)
SELECT j.shop_id, j.id, j.since, t.units, t.faulty + c.bad,
       coalesce((SELECT k.level FROM supply_consequence k
                 WHERE k.shop_id = j.shop_id AND k.supplier_id = j.id AND k.lifted_at IS NULL), ''),
       j.bad_least_units, j.bad_weigh_points, j.bad_hold_points, j.bad_suspend_points
FROM judged j
CROSS JOIN LATERAL (
    SELECT coalesce(sum(h.good + h.faulty), 0)::int AS units, coalesce(sum(h.faulty), 0)::int AS faulty
    FROM supply_tally h
    WHERE h.shop_id = j.shop_id AND h.supplier_id = j.id AND h.hour >= date_trunc('hour', j.since)
) t
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.units), 0)::int AS bad
    FROM supply_complaint p
    JOIN supply_attempt a ON a.shop_id = j.shop_id AND a.id = p.attempt_id AND a.sent_at >= date_trunc('hour', j.since)
    WHERE p.shop_id = j.shop_id AND p.supplier_id = j.id AND p.at >= j.since AND p.upheld
) c
