-- Links that the groups do not know yet, oldest first.
SELECT key, buyer, kind, first_at FROM risk_link
WHERE shop_id = %(shop_id)s AND NOT settled
ORDER BY first_at, key, buyer
LIMIT %(limit)s
