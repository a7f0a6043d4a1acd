-- Forget how to reach a buyer: on the account's orders, and on guests' orders placed with the account's contacts.
UPDATE orders_order SET contact_key_id = NULL, contact_blob = NULL, contact_index = NULL, ip_hash = NULL
 WHERE shop_id = %(shop_id)s
   AND (buyer_ref = %(buyer_ref)s OR contact_index = ANY(%(indexes)s::bytea[]))
   AND (contact_blob IS NOT NULL OR contact_index IS NOT NULL OR ip_hash IS NOT NULL)
