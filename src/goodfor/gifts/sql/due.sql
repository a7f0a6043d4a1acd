-- gifts: those that nobody took in time, of all shops.
SELECT shop_id, id FROM gifts_gift WHERE state = 'made' AND ends_at <= %(now)s ORDER BY ends_at LIMIT %(most)s
