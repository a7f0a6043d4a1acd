-- vault: the lots of a chunk, made or added to.
INSERT INTO vault_lot AS l (id, shop_id, sku_id, batch_id, state, use_first, expires_at, unit_cost_minor, currency,
                            loaded, created_at)
SELECT n.id, %(shop_id)s, %(sku_id)s, %(batch_id)s, 'staged', %(use_first)s, n.expires_at, n.unit_cost_minor,
       %(currency)s, n.loaded, %(now)s
FROM unnest(%(ids)s::uuid[], %(expiries)s::timestamptz[], %(costs)s::bigint[], %(counts)s::bigint[])
     AS n (id, expires_at, unit_cost_minor, loaded)
ON CONFLICT (id) DO UPDATE SET loaded = l.loaded + excluded.loaded
