-- Orders that were paid for in a span and kept, newest first, with their lines as they were wished, and how many their
-- buyer had paid for before. For pages that reckon what a campaign would have cost.
SELECT o.number, coalesce(o.buyer_ref, ''), o.channel, o.placed_at, b.before, l.skus, l.quantities, l.prices, l.bundles
FROM (
    SELECT id, number, buyer_ref, channel, placed_at FROM orders_order
    WHERE shop_id = %(shop_id)s AND state IN ('paid', 'delivered') AND placed_at >= %(since)s AND placed_at < %(until)s
      AND currency = %(currency)s
    ORDER BY placed_at DESC, id DESC LIMIT %(most)s
) o
CROSS JOIN LATERAL (
    SELECT array_agg(x.sku_id ORDER BY x.position) AS skus, array_agg(x.quantity ORDER BY x.position) AS quantities,
           array_agg(x.unit_price_minor ORDER BY x.position) AS prices,
           array_agg(x.bundle_id ORDER BY x.position) AS bundles
    FROM orders_line x WHERE x.shop_id = %(shop_id)s AND x.order_id = o.id AND NOT x.gift
) l
CROSS JOIN LATERAL (
    SELECT count(*) AS before FROM (
        SELECT 1 FROM orders_order p
        WHERE p.shop_id = %(shop_id)s AND p.buyer_ref = o.buyer_ref AND p.state IN ('paid', 'delivered', 'refunding')
          AND p.placed_at < o.placed_at LIMIT 1000
    ) c
) b
WHERE l.skus IS NOT NULL
ORDER BY o.placed_at, o.number
