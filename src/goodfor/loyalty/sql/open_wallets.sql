-- Wallets of some people, where they had none.
INSERT INTO loyalty_wallet (id, shop_id, kind, scope, owner, balance, debt)
SELECT gen_random_uuid(), %(shop_id)s::uuid, %(kind)s, %(scope)s::uuid, t.owner, 0, 0
FROM unnest(%(owners)s::uuid[]) AS t (owner)
ON CONFLICT (shop_id, owner, kind, scope) DO NOTHING
