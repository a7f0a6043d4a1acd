-- Holds whose time is over, over all shop_id, longest first.
SELECT shop_id, order_id FROM orders_hold
WHERE state = 'held' AND until IS NOT NULL AND until <= %(now)s ORDER BY until LIMIT %(limit)s
