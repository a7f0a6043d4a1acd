-- How much of an amount a period still allows one inviter, and count it: one statement, and the row is locked by it, so
-- that however many ask at once, the sum of what they get never passes the cap. Nothing left: 0.
INSERT INTO referrals_period AS p (shop_id, beneficiary, period, used, most, given)
VALUES (%(shop_id)s::uuid, %(beneficiary)s::uuid, %(period)s, least(%(amount)s::bigint, %(most)s::bigint),
        %(most)s::bigint, least(%(amount)s::bigint, %(most)s::bigint))
ON CONFLICT (shop_id, beneficiary, period) DO UPDATE
   SET given = greatest(least(%(amount)s::bigint, %(most)s::bigint - p.used), 0),
       used = p.used + greatest(least(%(amount)s::bigint, %(most)s::bigint - p.used), 0),
       most = greatest(p.most, %(most)s::bigint)
RETURNING given
