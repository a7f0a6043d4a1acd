-- Of an inviter: friends, those of a day, the most that share one strong mark, what they earned and what of it went back,
-- and whether whoever brought the inviter was brought by the friend, however far up: each has one who brought him, so it
-- is a line of look-ups. A longer ring than its end would be a thousand accounts that each really bought by itself.
WITH RECURSIVE up (buyer, step) AS (
    SELECT %(inviter)s::uuid, 0
    UNION
    SELECT b.inviter, up.step + 1 FROM up
    JOIN referrals_binding b ON b.shop_id = %(shop_id)s AND b.friend = up.buyer AND b.ended_at IS NULL
    WHERE up.step < 1000
), friends AS MATERIALIZED (
    SELECT friend, bound_at FROM referrals_binding
    WHERE shop_id = %(shop_id)s AND inviter = %(inviter)s AND ended_at IS NULL ORDER BY bound_at DESC LIMIT 500
)
SELECT (SELECT count(*) FROM friends),
       (SELECT count(*) FROM friends WHERE bound_at > %(since)s),
       (SELECT coalesce(max(n), 0) FROM (
            SELECT count(*) AS n FROM friends f JOIN referrals_mark m ON m.shop_id = %(shop_id)s AND m.buyer = f.friend
            WHERE m.kind = ANY (%(strong)s::text[]) GROUP BY m.kind, m.mark) x),
       (SELECT count(DISTINCT order_id) FROM referrals_reward
        WHERE shop_id = %(shop_id)s AND beneficiary = %(inviter)s AND level = 1 AND state <> 'rejected'),
       (SELECT count(DISTINCT order_id) FROM referrals_reward
        WHERE shop_id = %(shop_id)s AND beneficiary = %(inviter)s AND level = 1 AND state = 'reversed'),
       EXISTS (SELECT FROM up WHERE buyer = %(friend)s)
