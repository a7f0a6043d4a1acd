-- The groups know these now; not one that was seen earlier meanwhile.
UPDATE risk_link l SET settled = true
FROM unnest(%(keys)s::bigint[], %(buyers)s::bigint[], %(first)s::timestamptz[]) AS d (key, buyer, first_at)
WHERE l.shop_id = %(shop_id)s AND l.key = d.key AND l.buyer = d.buyer AND NOT l.settled AND l.first_at = d.first_at
