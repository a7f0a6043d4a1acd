-- finance: of orders with goods whose supplier bears what the channel keeps, every part: (order, supplier or '', price).
SELECT s.order_id, CASE WHEN s.fee_bearer = 'supplier' THEN s.supplier_code ELSE '' END, sum(s.gross_minor)::bigint
  FROM finance_sold s
 WHERE s.shop_id = %(shop_id)s AND s.order_id = ANY(%(ids)s::uuid[])
   AND EXISTS (SELECT FROM finance_sold b WHERE b.shop_id = s.shop_id AND b.order_id = s.order_id
               AND b.fee_bearer = 'supplier')
 GROUP BY 1, 2
 ORDER BY 1, 2
