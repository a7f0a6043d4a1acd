-- A buyer owes so much more.
INSERT INTO referrals_debt AS d (shop_id, buyer, currency, minor)
VALUES (%(shop_id)s::uuid, %(buyer)s::uuid, %(currency)s, %(amount)s::bigint)
ON CONFLICT (shop_id, buyer, currency) DO UPDATE SET minor = d.minor + excluded.minor
