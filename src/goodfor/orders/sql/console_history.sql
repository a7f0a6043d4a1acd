-- Every move of some subjects (an order, its payments and refunds), oldest first.
SELECT machine, subject_id, from_state, to_state, actor, cause, at FROM kernel_history
 WHERE shop_id = %(shop_id)s AND subject_id = ANY (%(ids)s::uuid[])
 ORDER BY at, step
