-- The same move of many subjects.
INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
SELECT %(shop_id)s, %(machine)s, m.subject_id, 1, %(from_state)s, %(to_state)s, %(actor)s, %(cause)s, %(now)s
FROM unnest(%(subject_ids)s::uuid[]) AS m (subject_id)
