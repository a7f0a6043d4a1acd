-- orders: until when a paid order is to be delivered.
UPDATE orders_order SET deliver_by = %(deliver_by)s WHERE id = %(order_id)s AND shop_id = %(shop_id)s AND state = 'paid'
