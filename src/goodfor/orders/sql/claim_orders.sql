-- Give guests' orders to an account; locked sorted, looked at again under the lock, so that of two accounts one gets it.
WITH mine AS (
    SELECT id FROM orders_order
     WHERE shop_id = %(shop_id)s AND id = ANY(%(order_ids)s::uuid[]) AND client_id IS NULL
       AND (buyer_ref IS NULL OR buyer_ref NOT LIKE 'buyer:%%')
       AND (contact_index = ANY(%(indexes)s::bytea[]) OR id = ANY(%(proved_ids)s::uuid[]))
     ORDER BY id FOR UPDATE
), lines AS (
    UPDATE orders_line l SET limited_buyer = %(buyer_ref)s
      FROM mine WHERE l.shop_id = %(shop_id)s AND l.order_id = mine.id AND l.limited_buyer IS NOT NULL
)
UPDATE orders_order o SET buyer_ref = %(buyer_ref)s
  FROM mine WHERE o.shop_id = %(shop_id)s AND o.id = mine.id
RETURNING o.id, o.number
