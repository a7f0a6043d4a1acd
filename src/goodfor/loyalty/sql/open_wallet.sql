-- A wallet, empty, where there is none yet.
INSERT INTO loyalty_wallet (id, shop_id, kind, scope, owner, balance, debt)
VALUES (%(id)s::uuid, %(shop_id)s::uuid, %(kind)s, %(scope)s::uuid, %(owner)s::uuid, 0, 0)
ON CONFLICT (shop_id, owner, kind, scope) DO NOTHING
