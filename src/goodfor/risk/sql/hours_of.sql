SELECT hour, scene, outcome, cause, count, amount_minor, failing, sampled FROM risk_hour
WHERE shop_id = %(shop)s AND hour >= %(since)s AND hour < %(until)s ORDER BY hour, scene, outcome, cause
