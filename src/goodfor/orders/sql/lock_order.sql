-- One order, locked: orders come first in the lock order of the house.
SELECT id, number, state, total_minor, currency, payment_id, paid_at, deliver_by, pay_by, client_id, delivered_at,
       closed_at, placed_at, channel, discount_minor
FROM orders_order WHERE shop_id = %(shop_id)s AND id = %(order_id)s FOR UPDATE
