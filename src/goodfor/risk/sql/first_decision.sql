-- When the first decision since then was made.
SELECT at FROM risk_decision WHERE shop_id = %(shop)s AND at >= %(since)s AND at < %(until)s ORDER BY at LIMIT 1
