-- aftersales: cases whose next step is due.
SELECT shop_id, id FROM aftersales_case WHERE next_at IS NOT NULL AND next_at <= %(now)s ORDER BY next_at LIMIT %(limit)s
