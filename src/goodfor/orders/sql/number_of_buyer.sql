-- A buyer's own order by its number.
SELECT id FROM orders_order WHERE shop_id = %(shop_id)s AND number = %(number)s AND buyer_ref = %(buyer_ref)s
