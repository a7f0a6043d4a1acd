-- The links of these buyers that count by the limits: of a buyer the first keys of a kind; of a strong key the first
-- buyers; of a weak key all, while they are few. Looks at no more rows of a key than its limit.
WITH mine AS (
    SELECT l.buyer, l.key, l.kind, l.first_at, r.most, r.strong, r.most_of_buyer,
        row_number() OVER (PARTITION BY l.buyer, l.kind ORDER BY l.first_at, l.key) AS place
    FROM risk_link l
    JOIN unnest(%(kinds)s::int[], %(most)s::int[], %(most_of_buyer)s::int[], %(strong)s::boolean[])
        AS r (kind, most, most_of_buyer, strong) ON r.kind = l.kind
    WHERE l.shop_id = %(shop_id)s AND l.buyer = ANY(%(buyers)s::bigint[])
), placed AS MATERIALIZED (
    SELECT buyer, key, kind, first_at, most, strong FROM mine WHERE place <= most_of_buyer
)
SELECT p.buyer, p.key, p.kind FROM placed p
CROSS JOIN LATERAL (
    SELECT count(*) AS ahead FROM (
        SELECT 1 FROM risk_link o
        WHERE o.shop_id = %(shop_id)s AND o.key = p.key AND (o.first_at, o.buyer) < (p.first_at, p.buyer)
        LIMIT p.most
    ) AS others
) AS c
WHERE p.strong AND c.ahead < p.most
UNION ALL
SELECT p.buyer, p.key, p.kind FROM placed p
CROSS JOIN LATERAL (
    SELECT count(*) AS crowd FROM (
        SELECT 1 FROM risk_link o WHERE o.shop_id = %(shop_id)s AND o.key = p.key LIMIT p.most + 1
    ) AS others
) AS c
WHERE NOT p.strong AND c.crowd <= p.most
