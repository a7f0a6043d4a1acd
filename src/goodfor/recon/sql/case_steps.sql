-- Every move of a case, oldest first.
SELECT coalesce(h.from_state, ''), h.to_state, h.actor, h.cause, h.at
  FROM kernel_history h
 WHERE h.shop_id = %(shop_id)s AND h.subject_id = %(case_id)s AND h.machine = 'recon.case'
 ORDER BY h.at, h.step
