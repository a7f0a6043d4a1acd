-- The buyers whom the groups know with these keys, first seen first, as many as asked for of each.
SELECT d.key, m.buyer, m.first_at
FROM unnest(%(keys)s::bigint[], %(most)s::int[]) AS d (key, most)
CROSS JOIN LATERAL (
    SELECT l.buyer, l.first_at FROM risk_link l
    WHERE l.shop_id = %(shop_id)s AND l.key = d.key AND l.settled
    ORDER BY l.first_at, l.buyer
    LIMIT d.most
) AS m
