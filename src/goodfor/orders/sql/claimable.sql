-- Orders of guests that were placed with one of these contacts, or are among these: latest first.
SELECT id FROM orders_order
 WHERE shop_id = %(shop_id)s AND client_id IS NULL AND (buyer_ref IS NULL OR buyer_ref NOT LIKE 'buyer:%%')
   AND (contact_index = ANY(%(indexes)s::bytea[]) OR id = ANY(%(order_ids)s::uuid[]))
 ORDER BY id DESC LIMIT %(limit)s
