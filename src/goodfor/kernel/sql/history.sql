-- One history row for each state move of one subject, in order.
INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
SELECT %(shop_id)s, %(machine)s, %(subject_id)s, m.step, m.from_state, m.to_state, %(actor)s, %(cause)s, %(now)s
FROM unnest(%(from_states)s::text[], %(to_states)s::text[]) WITH ORDINALITY AS m (from_state, to_state, step)
