-- Open groups whose time is over, over all shop_id.
SELECT shop_id, id FROM promotions_group WHERE state = 'open' AND expires_at <= %(before)s
ORDER BY expires_at LIMIT %(limit)s
