-- The buyers whom the groups know with these keys, first seen first, as many as asked for of each; and how many buyers
-- there are in all, counted as far.
SELECT d.key, m.buyer, m.first_at, c.crowd
FROM unnest(%(keys)s::bigint[], %(most)s::int[]) AS d (key, most)
CROSS JOIN LATERAL (
    SELECT l.buyer, l.first_at FROM risk_link l
    WHERE l.shop_id = %(shop_id)s AND l.key = d.key AND l.settled
    ORDER BY l.first_at, l.buyer
    LIMIT d.most
) AS m
CROSS JOIN LATERAL (
    SELECT count(*) AS crowd FROM (
        SELECT 1 FROM risk_link o WHERE o.shop_id = %(shop_id)s AND o.key = d.key LIMIT d.most
    ) AS others
) AS c
