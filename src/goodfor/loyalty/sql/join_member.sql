-- Somebody stands on the lowest tier, from his first deed on.
INSERT INTO loyalty_member (shop_id, owner, rank, since, until, source, joined_at)
VALUES (%(shop_id)s::uuid, %(owner)s::uuid, 0, %(now)s::timestamptz, NULL, 'earned', %(now)s::timestamptz)
ON CONFLICT (shop_id, owner) DO NOTHING
