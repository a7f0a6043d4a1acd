-- How the buyer of an order can be reached, and what for.
SELECT o.contact_key_id, o.contact_blob, o.locale, o.buyer_ref, o.client_id
FROM orders_order o
WHERE o.shop_id = %(shop_id)s
  AND o.id = %(order_id)s
