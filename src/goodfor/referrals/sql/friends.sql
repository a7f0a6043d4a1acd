-- The newest friends of an inviter.
SELECT friend FROM referrals_binding
WHERE shop_id = %(shop_id)s AND inviter = %(inviter)s AND ended_at IS NULL ORDER BY bound_at DESC LIMIT 500
