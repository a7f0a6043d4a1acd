-- Orders of a page, with their lines, in the order of the ids: the late look-up behind console_newest and its like.
SELECT o.id, o.number, o.state, o.channel, o.total_minor, o.paid_minor, o.refunded_minor, o.currency, o.client_id,
       o.buyer_ref, o.contact_key_id, o.contact_blob, o.external_ref, o.payment_id, o.placed_at, o.pay_by, o.paid_at,
       o.deliver_by, o.delivered_at, o.closed_at, o.refunded_at, l.titles, l.quantities, l.prices, l.sku_ids, l.line_ids,
       l.direct
  FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted (id, position)
  JOIN orders_order o ON o.shop_id = %(shop_id)s AND o.id = wanted.id
  CROSS JOIN LATERAL (
       SELECT array_agg(x.title ORDER BY x.position) AS titles, array_agg(x.quantity ORDER BY x.position) AS quantities,
              array_agg(x.unit_price_minor ORDER BY x.position) AS prices,
              array_agg(x.sku_id ORDER BY x.position) AS sku_ids, array_agg(x.id ORDER BY x.position) AS line_ids,
              jsonb_agg(jsonb_build_array(x.id, x.kind, x.account, x.topped, x.discount_minor, x.gift, x.bundle_id,
                                          x.bundle_revision_id, x.bundle_title, x.returned))
                  FILTER (WHERE x.kind = 'direct' OR x.discount_minor > 0 OR x.bundle_id IS NOT NULL OR x.returned > 0)
              AS direct
         FROM orders_line x WHERE x.shop_id = o.shop_id AND x.order_id = o.id) l
 ORDER BY wanted.position
