-- What one buyer, found by contact or by the name of the browser, has bought in the shop.
SELECT count(*), count(*) FILTER (WHERE paid_minor > 0), coalesce(sum(paid_minor), 0)::bigint,
       coalesce(sum(refunded_minor), 0)::bigint, min(placed_at), max(placed_at), min(currency)
  FROM orders_order
 WHERE shop_id = %(shop_id)s
   AND (%(contact_index)s::bytea IS NULL OR contact_index = %(contact_index)s)
   AND (%(buyer_ref)s::text IS NULL OR buyer_ref = %(buyer_ref)s)
   AND num_nulls(%(contact_index)s::bytea, %(buyer_ref)s::text) = 1
