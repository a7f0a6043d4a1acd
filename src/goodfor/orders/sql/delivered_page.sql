-- orders: delivered ones of buyers of all shops, in the order of their ids.
SELECT shop_id, id FROM orders_order
 WHERE id > %(after)s AND id < %(until)s AND state = 'delivered' AND client_id IS NULL
 ORDER BY id LIMIT %(most)s
