-- How much of an amount a day's cap still allows, and count it: one statement, and the day's row is locked by it, so that
-- however many ask at once, the sum of what they get never passes the cap. Nothing left: 0.
INSERT INTO aftersales_grant_day AS d (shop_id, day, currency, minor, cap_minor, given_minor)
VALUES (%(shop_id)s::uuid, %(day)s::date, %(currency)s, least(%(amount)s::bigint, %(cap)s::bigint), %(cap)s::bigint,
        least(%(amount)s::bigint, %(cap)s::bigint))
ON CONFLICT (shop_id, day, currency) DO UPDATE
   SET given_minor = greatest(least(%(amount)s::bigint, %(cap)s::bigint - d.minor), 0),
       minor = d.minor + greatest(least(%(amount)s::bigint, %(cap)s::bigint - d.minor), 0),
       cap_minor = greatest(d.cap_minor, %(cap)s::bigint)
RETURNING given_minor
