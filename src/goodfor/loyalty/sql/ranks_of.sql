-- Where some of a shop's members stand, of those who have been there for some time; who stands there by orders must have
-- kept one.
SELECT m.owner, m.rank
FROM loyalty_member m
LEFT JOIN LATERAL (
    SELECT true AS kept FROM loyalty_deed
    WHERE shop_id = %(shop_id)s AND owner = m.owner AND back_minor < paid_minor LIMIT 1
) d ON true
WHERE m.shop_id = %(shop_id)s AND m.owner = ANY(%(owners)s::uuid[]) AND m.joined_at <= %(before)s
  AND (m.source <> 'earned' OR d.kept IS NOT NULL)
ORDER BY m.owner
