-- The wallets of some people, held, in one order for all.
SELECT id, owner, debt FROM loyalty_wallet
WHERE shop_id = %(shop_id)s AND kind = %(kind)s AND scope = %(scope)s AND owner = ANY(%(owners)s::uuid[])
ORDER BY id FOR UPDATE
