-- The next members by owner who stand on tiers that give something every month, and have not had it for this one.
SELECT m.owner, m.rank FROM loyalty_member m
WHERE m.shop_id = %(shop_id)s AND m.rank = ANY(%(ranks)s::smallint[])
  AND (%(after)s::uuid IS NULL OR m.owner > %(after)s::uuid)
ORDER BY m.owner LIMIT %(limit)s
