-- One piece more of a reward for a member in a period, within the limit. No row: he has had as many as one may.
INSERT INTO mall_tally AS t (shop_id, reward_id, owner, period_key, n)
VALUES (%(shop_id)s::uuid, %(reward_id)s::uuid, %(owner)s::uuid, %(period_key)s, 1)
ON CONFLICT (shop_id, reward_id, owner, period_key) DO UPDATE SET n = t.n + 1
    WHERE t.shop_id = %(shop_id)s AND t.n < %(most)s
RETURNING n
