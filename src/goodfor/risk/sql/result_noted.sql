SELECT 1 FROM risk_event WHERE shop_id = %(shop)s AND decision_id = %(decision)s AND result <> 0 LIMIT 1
