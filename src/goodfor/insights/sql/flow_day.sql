-- Count how far the orders of a shop that were placed in [since, until) have come, by their first line's SKU.
INSERT INTO insights_flow (shop_id, day, currency, sku_id, channel, method, segment, placed, started, paid, held, delivered,
    expired, cancelled, refunded, refunded_undelivered, partly_refunded, claimed, claims, proven, placed_minor)
SELECT o.shop_id, %(day)s::date, o.currency, l.sku_id, o.channel, coalesce(p.method, ''), coalesce(f.segment, ''), count(*),
       count(*) FILTER (WHERE p.method IS NOT NULL), count(*) FILTER (WHERE o.paid_at IS NOT NULL),
       count(*) FILTER (WHERE h.order_id IS NOT NULL), count(*) FILTER (WHERE o.delivered_at IS NOT NULL),
       count(*) FILTER (WHERE o.state = 'expired'), count(*) FILTER (WHERE o.state = 'cancelled'),
       count(*) FILTER (WHERE o.state IN ('refunding', 'refunded')),
       count(*) FILTER (WHERE o.state IN ('refunding', 'refunded') AND o.delivered_at IS NULL),
       count(*) FILTER (WHERE o.state = 'delivered' AND o.refunded_minor > 0),
       count(*) FILTER (WHERE c.claims > 0), coalesce(sum(c.claims), 0),
       count(*) FILTER (WHERE EXISTS (SELECT FROM aftersales_case k WHERE k.shop_id = o.shop_id AND k.order_id = o.id
                                         AND k.proven)),
       sum(o.total_minor)
  FROM orders_order o
 CROSS JOIN LATERAL (SELECT x.sku_id FROM orders_line x WHERE x.shop_id = o.shop_id AND x.order_id = o.id
                      ORDER BY x.position LIMIT 1) l
  LEFT JOIN LATERAL (SELECT coalesce(nullif(x.method, ''), x.provider) AS method FROM payments_payment x
                      WHERE x.shop_id = o.shop_id AND x.source_type = 'order' AND x.source_id = o.id
                      ORDER BY x.settles NULLS LAST, x.id DESC LIMIT 1) p ON true
  LEFT JOIN insights_order f ON f.shop_id = o.shop_id AND f.order_id = o.id
  LEFT JOIN orders_hold h ON h.shop_id = o.shop_id AND h.order_id = o.id
 CROSS JOIN LATERAL (SELECT count(*) AS claims FROM orders_claim x WHERE x.shop_id = o.shop_id AND x.order_id = o.id
                        AND x.state <> 'withdrawn') c
 WHERE o.shop_id = %(shop_id)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
   AND o.state IN ('placed', 'paid', 'delivered', 'refunding', 'refunded', 'cancelled', 'expired')
 GROUP BY 1, 2, 3, 4, 5, 6, 7
