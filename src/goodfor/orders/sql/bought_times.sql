-- How many orders of a buyer or of a program were delivered and not given back, this one left out; counted up to a limit.
SELECT count(*) FROM (
    SELECT 1 FROM orders_order
    WHERE shop_id = %(shop_id)s AND buyer_ref = %(buyer_ref)s::text AND %(client_id)s::uuid IS NULL
      AND state = 'delivered' AND id <> %(order_id)s LIMIT %(limit)s) AS of_buyer
UNION ALL
SELECT count(*) FROM (
    SELECT 1 FROM orders_order
    WHERE shop_id = %(shop_id)s AND client_id = %(client_id)s::uuid AND state = 'delivered' AND id <> %(order_id)s
    LIMIT %(limit)s) AS of_client
