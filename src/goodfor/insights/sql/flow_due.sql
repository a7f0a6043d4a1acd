-- insights, platform job: days whose orders have changed since they were counted, (shop_id, day), the newest first.
SELECT shop_id, day FROM insights_dirty WHERE since <= %(now)s ORDER BY day DESC, shop_id LIMIT %(limit)s
