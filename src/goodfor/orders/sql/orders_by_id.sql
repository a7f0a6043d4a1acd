-- Orders with their lines: by_id.
SELECT o.id, o.shop_id, o.number, o.state, o.channel, o.total_minor, o.currency, o.placed_at, o.pay_by, o.paid_at,
       o.deliver_by, o.delivered_at, o.closed_at, o.refunded_at, o.external_ref, o.client_id, o.payment_id, o.secret_hash,
       (SELECT array_agg(l.id ORDER BY l.position) FROM orders_line l WHERE l.shop_id = o.shop_id AND l.order_id = o.id),
       (SELECT array_agg(l.sku_id ORDER BY l.position) FROM orders_line l WHERE l.shop_id = o.shop_id AND l.order_id = o.id),
       (SELECT array_agg(l.title ORDER BY l.position) FROM orders_line l WHERE l.shop_id = o.shop_id AND l.order_id = o.id),
       (SELECT array_agg(l.quantity ORDER BY l.position) FROM orders_line l WHERE l.shop_id = o.shop_id AND l.order_id = o.id),
       (SELECT array_agg(l.unit_price_minor ORDER BY l.position) FROM orders_line l
        WHERE l.shop_id = o.shop_id AND l.order_id = o.id),
       o.refund_failed_at, o.refunded_minor,
       (SELECT jsonb_agg(jsonb_build_array(l.id, l.kind, l.account, l.topped, l.discount_minor, l.gift, l.bundle_id,
                                           l.bundle_revision_id, l.bundle_title, l.returned))
        FROM orders_line l WHERE l.shop_id = o.shop_id AND l.order_id = o.id
         AND (l.kind = 'direct' OR l.discount_minor > 0 OR l.bundle_id IS NOT NULL OR l.returned > 0)),
       (SELECT ARRAY[h.until, h.ended_at] FROM orders_hold h
        WHERE h.shop_id = o.shop_id AND h.order_id = o.id AND h.state IN ('held', 'released'))
FROM orders_order o
WHERE o.shop_id = %(shop_id)s
  AND o.id = %(order_id)s
