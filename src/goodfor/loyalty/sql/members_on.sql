-- The next members by owner who stand on some tiers.
SELECT m.owner, m.rank FROM loyalty_member m
WHERE m.shop_id = %(shop_id)s AND m.rank = ANY(%(ranks)s::smallint[])
  AND (%(after)s::uuid IS NULL OR m.owner > %(after)s::uuid)
ORDER BY m.owner LIMIT %(limit)s
