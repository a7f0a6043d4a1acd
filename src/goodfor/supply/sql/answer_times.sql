-- supply: within how many seconds a supplier answered questions about codes: (median, 95 in a hundred).
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - asked_at)),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - asked_at))
FROM supply_inquiry
WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s AND asked_at >= %(since)s AND kind = 'ask'
  AND state = 'done'
