-- The next members by owner who stand on some tiers, and whether what these give is theirs: who stands there by orders must
-- have kept one. Asked of each by the index, behind the limit: a step costs the same however many orders the shop has.
WITH those AS MATERIALIZED (
    SELECT m.owner, m.rank, m.source FROM loyalty_member m
    WHERE m.shop_id = %(shop_id)s AND m.rank = ANY(%(ranks)s::smallint[])
      AND (%(after)s::uuid IS NULL OR m.owner > %(after)s::uuid)
    ORDER BY m.owner LIMIT %(limit)s
)
SELECT t.owner, t.rank, t.source <> 'earned' OR d.kept IS NOT NULL
FROM those t
LEFT JOIN LATERAL (
    SELECT true AS kept FROM loyalty_deed
    WHERE shop_id = %(shop_id)s AND owner = t.owner AND back_minor < paid_minor LIMIT 1
) d ON true
ORDER BY t.owner
