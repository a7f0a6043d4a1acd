-- Freeze what is known of the orders, of every shop_id, whose first posting is in [after, upto).
WITH moved AS MATERIALIZED (
    SELECT DISTINCT p.shop_id, p.order_id FROM insights_posting_by_tx p
     WHERE p.xid >= %(after)s::text::xid8 AND p.xid < %(upto)s::text::xid8 AND p.order_id IS NOT NULL
), fresh AS MATERIALIZED (
    SELECT o.shop_id, o.id, o.currency, o.channel, o.payment_id, o.placed_at, o.client_id IS NOT NULL AS by_client,
           md5(concat('insights:', o.shop_id, ':', coalesce('client:' || o.client_id, o.buyer_ref)))::uuid AS hash,
           coalesce(o.client_id::text, o.buyer_ref) IS NOT NULL AS known
      FROM moved m
      LEFT JOIN LATERAL (SELECT true AS there FROM insights_order x WHERE x.shop_id = m.shop_id AND x.order_id = m.order_id
                         OFFSET 0) f ON true
     CROSS JOIN LATERAL (SELECT x.* FROM orders_order x WHERE x.shop_id = m.shop_id AND x.id = m.order_id OFFSET 0) o
     WHERE f.there IS NULL
)
INSERT INTO insights_order (shop_id, order_id, buyer, currency, channel, method, segment)
SELECT f.shop_id, f.id, CASE WHEN f.known THEN f.hash END, f.currency, f.channel,
       coalesce((SELECT coalesce(nullif(p.method, ''), p.provider) FROM payments_payment p
                  WHERE p.shop_id = f.shop_id AND p.id = f.payment_id), ''),
       CASE WHEN f.by_client THEN 'client' WHEN NOT f.known THEN 'unknown'
            WHEN row_number() OVER (PARTITION BY f.shop_id, f.currency, f.hash ORDER BY f.placed_at, f.id) > 1
              OR b.there THEN 'returning' ELSE 'new' END
  FROM fresh f
  LEFT JOIN LATERAL (SELECT true AS there FROM insights_buyer x WHERE x.shop_id = f.shop_id AND x.currency = f.currency
                        AND x.buyer = f.hash OFFSET 0) b ON true
