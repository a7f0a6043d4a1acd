-- Who holds something of one kind and scope: all of them, or of some people those.
SELECT owner, balance FROM loyalty_wallet
WHERE shop_id = %(shop_id)s AND kind = %(kind)s AND scope = %(scope)s AND balance > 0
  AND (%(owners)s::uuid[] IS NULL OR owner = ANY(%(owners)s::uuid[]))
