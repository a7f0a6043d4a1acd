-- What an order counts for tiers; once.
INSERT INTO loyalty_deed (shop_id, order_id, owner, at, paid_minor, back_minor, growth)
VALUES (%(shop_id)s::uuid, %(order_id)s::uuid, %(owner)s::uuid, %(at)s::timestamptz, %(paid)s::bigint, 0, %(growth)s::bigint)
ON CONFLICT (shop_id, order_id) DO NOTHING
