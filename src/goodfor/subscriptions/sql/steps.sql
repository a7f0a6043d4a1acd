-- subscriptions: what became of one, and of its periods, newest first.
SELECT coalesce(from_state, ''), to_state, actor, cause, at FROM kernel_history
 WHERE shop_id = %(shop_id)s AND machine = 'subscriptions.subscription' AND subject_id = %(id)s
 ORDER BY at DESC, step DESC LIMIT %(most)s
