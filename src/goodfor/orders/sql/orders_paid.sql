-- How many orders somebody has paid for and kept, by any of his names; each name is an index of its own.
SELECT count(*) FROM (
    SELECT id FROM (SELECT id FROM orders_order WHERE shop_id = %(shop_id)s AND buyer_ref = %(buyer_ref)s::text
                       AND state IN ('paid', 'delivered', 'refunding') LIMIT %(most)s) a
    UNION
    SELECT id FROM (SELECT id FROM orders_order WHERE shop_id = %(shop_id)s AND contact_index = %(contact_index)s::bytea
                       AND state IN ('paid', 'delivered', 'refunding') LIMIT %(most)s) b
    UNION
    SELECT id FROM (SELECT id FROM orders_order WHERE shop_id = %(shop_id)s AND client_id = %(client_id)s::uuid
                       AND buyer_ref IS NULL AND state IN ('paid', 'delivered', 'refunding') LIMIT %(most)s) c
    LIMIT %(most)s
) kept
