-- Forget which accounts a buyer's top-ups went to, once nobody needs them any more: before what makes the orders theirs.
UPDATE orders_line l SET form_key_id = NULL, form_blob = NULL, account = ''
  FROM orders_order o
 WHERE l.shop_id = %(shop_id)s AND l.kind = 'direct' AND o.shop_id = %(shop_id)s AND o.id = l.order_id
   AND (o.buyer_ref = %(buyer_ref)s OR o.contact_index = ANY(%(indexes)s::bytea[]))
   AND o.state NOT IN ('placed', 'paid')
RETURNING l.order_id
