-- Forget what the staff wrote about a buyer's orders: it may say who they are. Before their contacts are forgotten.
DELETE FROM orders_note n USING orders_order o
 WHERE n.shop_id = %(shop_id)s AND o.shop_id = n.shop_id AND o.id = n.order_id
   AND (o.buyer_ref = %(buyer_ref)s OR o.contact_index = ANY(%(indexes)s::bytea[]))
