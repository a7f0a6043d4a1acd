-- Whose some orders are.
SELECT id, buyer_ref FROM orders_order WHERE shop_id = %(shop_id)s AND id = ANY(%(order_ids)s::uuid[])
