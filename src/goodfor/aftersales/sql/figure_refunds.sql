-- aftersales: refunds that were back in a time, by SKU and by seconds since the decision: (sku, place, refunds). A refund
-- counts for the line of its claim, without one for the first line of its order.
SELECT sku_id, width_bucket(greatest(seconds, 0)::float8, %(bounds)s::float8[]), count(*)::int
FROM (
    SELECT (SELECT l.sku_id FROM orders_line l WHERE l.shop_id = o.shop_id AND l.order_id = o.id
            ORDER BY l.position LIMIT 1) AS sku_id,
           extract(epoch FROM o.refunded_at - h.at) AS seconds
    FROM orders_order o CROSS JOIN LATERAL (
        SELECT h.at FROM kernel_history h
        WHERE h.subject_id = o.id AND h.shop_id = o.shop_id AND h.machine = 'order' AND h.to_state = 'refunding'
        ORDER BY h.at DESC LIMIT 1) h
    WHERE o.shop_id = %(shop_id)s AND o.state = 'refunded' AND o.refunded_at >= %(since)s AND o.refunded_at < %(until)s
    UNION ALL
    SELECT coalesce(
               (SELECT l.sku_id FROM orders_claim c JOIN orders_line l ON l.shop_id = c.shop_id AND l.id = c.line_id
                WHERE c.shop_id = p.shop_id AND c.refund_id = p.refund_id),
               (SELECT l.sku_id FROM orders_line l WHERE l.shop_id = p.shop_id AND l.order_id = p.order_id
                ORDER BY l.position LIMIT 1)),
           extract(epoch FROM p.back_at - p.decided_at)
    FROM orders_part p
    WHERE p.shop_id = %(shop_id)s AND p.back_at IS NOT NULL AND p.back_at >= %(since)s AND p.back_at < %(until)s
) back
GROUP BY 1, 2
