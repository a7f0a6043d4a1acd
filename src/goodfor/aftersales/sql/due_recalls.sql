-- aftersales, platform job: holders of recalled codes who are to be told or made whole.
SELECT shop_id, id FROM aftersales_recall_item WHERE next_at IS NOT NULL AND next_at <= %(now)s ORDER BY next_at LIMIT %(limit)s
