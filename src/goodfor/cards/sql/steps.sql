-- cards: the moves of one card, newest first.
SELECT to_state, actor, cause, at FROM kernel_history
 WHERE shop_id = %(shop_id)s AND machine = 'cards.card' AND subject_id = %(id)s ORDER BY at DESC, step DESC LIMIT %(most)s
