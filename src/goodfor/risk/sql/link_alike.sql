-- Buyers who share so many kinds of weak keys with one of these that together they may pass the line: a few too many,
-- since what does not count by the limits is told apart later.
WITH mine AS (
    SELECT l.buyer, l.key, l.kind, r.most, r.weight
    FROM risk_link l
    JOIN unnest(%(kinds)s::int[], %(most)s::int[], %(weights)s::int[]) AS r (kind, most, weight) ON r.kind = l.kind
    WHERE l.shop_id = %(shop_id)s AND l.buyer = ANY(%(buyers)s::bigint[])
), shared AS (
    SELECT DISTINCT m.buyer, o.buyer AS other, m.kind, m.weight
    FROM mine m
    CROSS JOIN LATERAL (
        SELECT k.buyer FROM risk_link k WHERE k.shop_id = %(shop_id)s AND k.key = m.key LIMIT m.most + 1
    ) AS o
    WHERE o.buyer <> m.buyer
)
SELECT DISTINCT other FROM (
    SELECT other FROM shared GROUP BY buyer, other HAVING sum(weight) >= %(line)s
) AS pairs
