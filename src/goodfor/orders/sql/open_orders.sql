-- Unpaid open orders of one buyer and from one address.
SELECT count(*) FILTER (WHERE buyer_ref = %(buyer_ref)s), count(*) FILTER (WHERE ip_hash = %(ip_hash)s)
FROM orders_order
WHERE shop_id = %(shop_id)s AND state = 'placed' AND (buyer_ref = %(buyer_ref)s OR ip_hash = %(ip_hash)s)
