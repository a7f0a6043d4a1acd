-- The next members of a shop by owner, with where they stand and what they did: in the window that counts now, and in the
-- one that their tier ends with (365 days before its end, or that year by the shop's clock). Held, so that nobody else
-- moves them.
WITH those AS (
    SELECT m.shop_id, m.owner, m.rank, m.since, m.until, m.source,
           CASE WHEN %(calendar)s::boolean THEN date_trunc('year', m.until - interval '1 microsecond', %(zone)s)
                ELSE m.until - interval '365 days' END AS began
    FROM loyalty_member m
    WHERE m.shop_id = %(shop_id)s AND (%(after)s::uuid IS NULL OR m.owner > %(after)s::uuid)
      AND (%(only)s::uuid IS NULL OR m.owner = %(only)s::uuid)
    ORDER BY m.owner LIMIT %(limit)s FOR UPDATE
)
SELECT s.owner, s.rank, s.since, s.until, s.source, coalesce(d.now_sum, 0)::bigint, coalesce(d.end_sum, 0)::bigint
FROM those s
LEFT JOIN LATERAL (
    SELECT sum(w.amount) FILTER (WHERE w.at >= %(since)s) AS now_sum,
           sum(w.amount) FILTER (WHERE w.at >= s.began AND w.at < s.until) AS end_sum
    FROM (SELECT d.at, CASE %(metric)s WHEN 'growth' THEN d.growth WHEN 'spend' THEN d.paid_minor - d.back_minor
                            ELSE CASE WHEN d.back_minor < d.paid_minor THEN 1 ELSE 0 END END AS amount
          FROM loyalty_deed d
          WHERE d.shop_id = s.shop_id AND d.owner = s.owner
            AND d.at >= least(%(since)s, s.began)) w
) d ON true
ORDER BY s.owner
