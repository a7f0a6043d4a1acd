-- Freeze what is known of the orders, of every shop_id, whose first posting is in [after, upto).
WITH moved AS MATERIALIZED (
    SELECT DISTINCT p.shop_id, p.order_id FROM insights_posting_by_tx p
     WHERE p.xid >= %(after)s::text::xid8 AND p.xid < %(upto)s::text::xid8 AND p.order_id IS NOT NULL
), fresh AS MATERIALIZED (
    SELECT o.shop_id, o.id, o.currency, o.channel, o.payment_id, o.placed_at, o.client_id IS NOT NULL AS by_client,
           md5(concat('insights:', o.shop_id, ':', coalesce('client:' || o.client_id, o.buyer_ref)))::uuid AS hash,
           coalesce(o.client_id::text, o.buyer_ref) IS NOT NULL AS known
      FROM moved m JOIN orders_order o ON o.shop_id = m.shop_id AND o.id = m.order_id
     WHERE NOT EXISTS (SELECT FROM insights_order f WHERE f.shop_id = m.shop_id AND f.order_id = m.order_id)
)
INSERT INTO insights_order (shop_id, order_id, buyer, currency, channel, method, segment)
SELECT f.shop_id, f.id, CASE WHEN f.known THEN f.hash END, f.currency, f.channel,
       coalesce((SELECT coalesce(nullif(p.method, ''), p.provider) FROM payments_payment p
                  WHERE p.shop_id = f.shop_id AND p.id = f.payment_id), ''),
       CASE WHEN f.by_client THEN 'client' WHEN NOT f.known THEN 'unknown'
            WHEN row_number() OVER (PARTITION BY f.shop_id, f.currency, f.hash ORDER BY f.placed_at, f.id) > 1
              OR EXISTS (SELECT FROM insights_buyer b WHERE b.shop_id = f.shop_id AND b.currency = f.currency
                            AND b.buyer = f.hash) THEN 'returning' ELSE 'new' END
  FROM fresh f
