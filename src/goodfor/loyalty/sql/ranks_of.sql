-- Where some of a shop's members stand, of those who have been there for some time.
SELECT owner, rank FROM loyalty_member
WHERE shop_id = %(shop_id)s AND owner = ANY(%(owners)s::uuid[]) AND joined_at <= %(before)s
ORDER BY owner
