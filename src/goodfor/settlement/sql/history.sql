-- settlement: every move of some statements and payouts, oldest first.
SELECT h.subject_id, h.from_state, h.to_state, h.actor, h.cause, h.at
  FROM kernel_history h
 WHERE h.shop_id = %(shop_id)s AND h.subject_id = ANY (%(ids)s::uuid[])
   AND h.machine IN ('settlement.statement', 'settlement.payout')
 ORDER BY h.at, h.step
