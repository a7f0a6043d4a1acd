-- Open bargains whose time is over, over all shop_id.
SELECT shop_id, id FROM promotions_bargain WHERE state = 'open' AND expires_at <= %(now)s
ORDER BY expires_at LIMIT %(limit)s
