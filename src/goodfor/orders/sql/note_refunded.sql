-- Note how much of a delivered order's price is back; nothing when it is noted already.
UPDATE orders_order SET refunded_minor = %(refunded_minor)s
WHERE shop_id = %(shop_id)s AND id = %(order_id)s AND state = 'delivered' AND refunded_minor < %(refunded_minor)s
