-- Orders that were paid for in a span and kept, newest first, by all names that their buyers left, with their lines as they
-- were wished, and how many these had paid for before, by any of these names. For pages that reckon what a campaign would
-- have cost.
SELECT o.number, coalesce(o.buyer_ref, 'client:' || o.client_id, ''), o.ip_hash, o.contact_index, o.channel, o.placed_at,
       o.paid_at, b.before, l.codes, l.skus, l.quantities, l.prices, l.bundles
FROM (
    SELECT id, number, buyer_ref, client_id, ip_hash, contact_index, channel, placed_at, paid_at FROM orders_order
    WHERE shop_id = %(shop_id)s AND state IN ('paid', 'delivered') AND placed_at >= %(since)s AND placed_at < %(until)s
      AND currency = %(currency)s
    ORDER BY placed_at DESC, id DESC LIMIT %(most)s
) o
CROSS JOIN LATERAL (
    SELECT array_agg(x.sku_id ORDER BY x.position) AS skus, array_agg(x.quantity ORDER BY x.position) AS quantities,
           array_agg(x.unit_price_minor ORDER BY x.position) AS prices,
           array_agg(x.bundle_id ORDER BY x.position) AS bundles, bool_and(x.kind = 'code') AS codes
    FROM orders_line x WHERE x.shop_id = %(shop_id)s AND x.order_id = o.id AND NOT x.gift
) l
CROSS JOIN LATERAL (
    SELECT count(*) AS before FROM (
        SELECT id FROM (SELECT id FROM orders_order p WHERE p.shop_id = %(shop_id)s AND p.buyer_ref = o.buyer_ref
                           AND p.paid_at <= o.placed_at AND p.id <> o.id
                           AND (p.state IN ('paid', 'delivered') OR p.state = 'refunding' AND p.placed_at < %(since)s)
                        LIMIT 1000) by_ref
        UNION
        SELECT id FROM (SELECT id FROM orders_order p WHERE p.shop_id = %(shop_id)s AND p.contact_index = o.contact_index
                           AND p.paid_at <= o.placed_at AND p.id <> o.id
                           AND (p.state IN ('paid', 'delivered') OR p.state = 'refunding' AND p.placed_at < %(since)s)
                        LIMIT 1000) by_contact
        UNION
        SELECT id FROM (SELECT id FROM orders_order p WHERE p.shop_id = %(shop_id)s AND p.client_id = o.client_id
                           AND p.buyer_ref IS NULL AND o.buyer_ref IS NULL
                           AND p.paid_at <= o.placed_at AND p.id <> o.id
                           AND (p.state IN ('paid', 'delivered') OR p.state = 'refunding' AND p.placed_at < %(since)s)
                        LIMIT 1000) by_client
        LIMIT 1000
    ) c
) b
WHERE l.skus IS NOT NULL
ORDER BY o.placed_at, o.id
