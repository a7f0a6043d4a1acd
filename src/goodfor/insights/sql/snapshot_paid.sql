COPY (
    -- A shop's orders that were paid in some days, as the snapshot keeps them: what is frozen of each, what was paid, and the
    -- SKU of its first line. Of its buyer it has the hash alone.
    SELECT f.paid_on, f.currency, f.buyer, f.channel, f.method, f.segment, coalesce(l.sku_id, %(none)s::uuid),
           coalesce(o.paid_minor, 0)
      FROM insights_order f
      LEFT JOIN LATERAL (SELECT x.paid_minor FROM orders_order x WHERE x.shop_id = f.shop_id AND x.id = f.order_id OFFSET 0) o
             ON true
      LEFT JOIN LATERAL (SELECT x.sku_id FROM orders_line x WHERE x.shop_id = f.shop_id AND x.order_id = f.order_id
                          ORDER BY x.position LIMIT 1) l ON true
     WHERE f.shop_id = %(shop_id)s AND f.paid_on >= %(first)s AND f.paid_on <= %(last)s
) TO STDOUT (FORMAT csv, NULL '\N')
