-- A page of the orders that hold one of some SKUs, by the order's id, which ascends with time: a walk of orders_line_sku.
-- `plain`: no filter looks into the order, so the walk needs no look-ups. `newest` and its opposite are two walks.
SELECT order_id FROM (
    SELECT w.order_id FROM unnest(%(sku_ids)s::uuid[]) AS s (id)
    CROSS JOIN LATERAL (
        SELECT l.order_id FROM orders_line l
         WHERE %(newest)s::boolean AND l.shop_id = %(shop_id)s AND l.sku_id = s.id
           AND (%(after_id)s::uuid IS NULL OR l.order_id < %(after_id)s)
           AND (%(plain)s::boolean OR EXISTS (
                SELECT FROM orders_order o
                 WHERE o.shop_id = %(shop_id)s AND o.id = l.order_id AND o.state = ANY (%(states)s::text[])
                   AND (%(since)s::timestamptz IS NULL OR o.placed_at >= %(since)s)
                   AND (%(until)s::timestamptz IS NULL OR o.placed_at < %(until)s)
                   AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
                   AND (%(least)s::bigint IS NULL OR o.total_minor >= %(least)s)
                   AND (%(most)s::bigint IS NULL OR o.total_minor <= %(most)s)))
         ORDER BY l.order_id DESC LIMIT %(offset)s::bigint + %(limit)s::bigint) w
    UNION ALL
    SELECT w.order_id FROM unnest(%(sku_ids)s::uuid[]) AS s (id)
    CROSS JOIN LATERAL (
        SELECT l.order_id FROM orders_line l
         WHERE NOT %(newest)s::boolean AND l.shop_id = %(shop_id)s AND l.sku_id = s.id
           AND (%(after_id)s::uuid IS NULL OR l.order_id > %(after_id)s)
           AND (%(plain)s::boolean OR EXISTS (
                SELECT FROM orders_order o
                 WHERE o.shop_id = %(shop_id)s AND o.id = l.order_id AND o.state = ANY (%(states)s::text[])
                   AND (%(since)s::timestamptz IS NULL OR o.placed_at >= %(since)s)
                   AND (%(until)s::timestamptz IS NULL OR o.placed_at < %(until)s)
                   AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
                   AND (%(least)s::bigint IS NULL OR o.total_minor >= %(least)s)
                   AND (%(most)s::bigint IS NULL OR o.total_minor <= %(most)s)))
         ORDER BY l.order_id LIMIT %(offset)s::bigint + %(limit)s::bigint) w
) found
GROUP BY order_id
ORDER BY CASE WHEN %(newest)s::boolean THEN order_id END DESC, order_id
OFFSET %(offset)s LIMIT %(limit)s
