-- Shops with links last seen before then: a few times a day, so by a scan.
SELECT DISTINCT shop_id FROM risk_link WHERE last_at < %(before)s LIMIT %(limit)s
