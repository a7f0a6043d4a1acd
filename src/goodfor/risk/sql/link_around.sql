-- The newest links of each of these keys, whichever end they are.
SELECT l.buyer, l.key, l.kind, l.first_at, l.last_at
FROM unnest(%(keys)s::bigint[]) AS f (key)
CROSS JOIN LATERAL (
    (SELECT b.buyer, b.key, b.kind, b.first_at, b.last_at FROM risk_link b
     WHERE b.shop_id = %(shop_id)s AND b.buyer = f.key ORDER BY b.last_at DESC, b.key LIMIT %(most)s)
    UNION ALL
    (SELECT k.buyer, k.key, k.kind, k.first_at, k.last_at FROM risk_link k
     WHERE k.shop_id = %(shop_id)s AND k.key = f.key ORDER BY k.first_at DESC, k.buyer DESC LIMIT %(most)s)
) AS l
