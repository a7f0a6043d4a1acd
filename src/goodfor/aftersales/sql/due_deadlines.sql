-- aftersales: cases whose promised answer or decision did not come in time, and was not missed yet.
(SELECT shop_id, id FROM aftersales_case
 WHERE answered_at IS NULL AND answer_missed_at IS NULL AND paused_at IS NULL AND answer_by <= %(now)s
 ORDER BY answer_by LIMIT %(limit)s)
UNION
(SELECT shop_id, id FROM aftersales_case
 WHERE decided_at IS NULL AND decision_missed_at IS NULL AND paused_at IS NULL AND decide_by <= %(now)s
 ORDER BY decide_by LIMIT %(limit)s)
