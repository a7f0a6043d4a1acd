-- One piece less of a reward that is on, as long as there is one. No row: it is off, or all are taken.
UPDATE mall_reward SET taken = taken + 1
WHERE shop_id = %(shop_id)s AND id = %(reward_id)s AND state = 'on' AND (stock IS NULL OR taken < stock)
RETURNING taken
