-- Add the postings in [after, upto), of every shop_id, to the cube in its three grains. What an order's posting says of no
-- line is shared over the order's lines by what they cost (over who filled them, once it is delivered), each time as the
-- share of the whole so far less what was shared before: so no batch border can be seen in any figure.
WITH src AS MATERIALIZED (
    SELECT p.* FROM insights_posting_by_tx p
     WHERE p.xid >= %(after)s::text::xid8 AND p.xid < %(upto)s::text::xid8
), touched AS MATERIALIZED (
    SELECT DISTINCT shop_id, order_id FROM src WHERE order_id IS NOT NULL
), placed AS MATERIALIZED (
    SELECT t.shop_id, t.order_id, f.channel, f.method, f.segment, o.n, o.lines, o.skus, o.suppliers, o.weights, o.units,
           c.n AS filled_n, c.lines AS filled_lines, c.skus AS filled_skus, c.suppliers AS filled_suppliers,
           c.weights AS filled_weights, c.units AS filled_units, c.from_tx
      FROM touched t
      LEFT JOIN LATERAL (SELECT x.channel, x.method, x.segment FROM insights_order x
                          WHERE x.shop_id = t.shop_id AND x.order_id = t.order_id OFFSET 0) f ON true
     CROSS JOIN LATERAL (
           SELECT count(*) AS n, array_agg(l.id ORDER BY l.position) AS lines, array_agg(l.sku_id ORDER BY l.position) AS skus,
                  array_agg(%(none)s::uuid) AS suppliers,
                  array_agg(l.quantity * l.unit_price_minor - l.discount_minor ORDER BY l.position) AS weights,
                  array_agg(coalesce(l.topped, l.quantity)::bigint ORDER BY l.position) AS units
             FROM orders_line l WHERE l.shop_id = t.shop_id AND l.order_id = t.order_id) o
     CROSS JOIN LATERAL (
           SELECT count(*) AS n, array_agg(x.line_id ORDER BY x.n) AS lines, array_agg(x.sku_id ORDER BY x.n) AS skus,
                  array_agg(x.supplier_id ORDER BY x.n) AS suppliers, array_agg(x.weight ORDER BY x.n) AS weights,
                  array_agg(x.units ORDER BY x.n) AS units, min(x.from_tx) AS from_tx
             FROM insights_cell x WHERE x.shop_id = t.shop_id AND x.order_id = t.order_id) c
), known AS MATERIALIZED (
    SELECT s.shop_id, s.xid, s.tx_id, s.seq, s.kind, s.currency, s.day, s.order_id, s.order_line_id, s.sku_id, s.supplier_id,
           s.campaign_id, s.measure, s.value, coalesce(o.channel, '') AS channel, coalesce(o.method, '') AS method,
           coalesce(o.segment, '') AS segment, coalesce(CASE WHEN w.supplied THEN o.filled_n ELSE o.n END, 0) AS n,
           CASE WHEN w.supplied THEN o.filled_lines ELSE o.lines END AS lines,
           CASE WHEN w.supplied THEN o.filled_skus ELSE o.skus END AS skus,
           CASE WHEN w.supplied THEN o.filled_suppliers ELSE o.suppliers END AS suppliers,
           CASE WHEN w.supplied THEN o.filled_weights ELSE o.weights END AS weights,
           CASE WHEN w.supplied THEN o.filled_units ELSE o.units END AS units
      FROM src s
      LEFT JOIN placed o ON o.shop_id = s.shop_id AND o.order_id = s.order_id
     CROSS JOIN LATERAL (SELECT coalesce(o.filled_n > 0 AND s.tx_id >= o.from_tx
                                  AND s.measure NOT IN ('paid', 'paid_back'), false) AS supplied) w
), whole AS (
    SELECT shop_id, day, currency, coalesce(sku_id, skus[1], %(none)s::uuid) AS sku_id,
           coalesce(supplier_id, suppliers[1], %(none)s::uuid) AS supplier_id, channel, method, segment,
           coalesce(campaign_id, %(none)s::uuid) AS campaign_id, measure, value
      FROM known WHERE n <= 1
), many AS MATERIALIZED (
    SELECT k.*, coalesce(q.before, 0) + sum(k.value) OVER (
               PARTITION BY k.shop_id, k.order_id, k.measure, k.order_line_id, k.sku_id ORDER BY k.xid, k.tx_id, k.seq
           ) AS sofar
      FROM known k
     CROSS JOIN LATERAL (
           SELECT sum(p.value) AS before FROM insights_posting_by_order p
            WHERE p.shop_id = k.shop_id AND p.order_id = k.order_id AND p.xid < %(after)s::text::xid8
              AND p.measure = k.measure AND p.order_line_id IS NOT DISTINCT FROM k.order_line_id
              AND p.sku_id IS NOT DISTINCT FROM k.sku_id) q
     WHERE k.n > 1
), shared AS (
    SELECT m.shop_id, m.day, m.currency, u.sku_id, coalesce(m.supplier_id, u.supplier_id) AS supplier_id, m.channel,
           m.method, m.segment, coalesce(m.campaign_id, %(none)s::uuid) AS campaign_id, m.measure, u.now - u.before AS value
      FROM many m
     CROSS JOIN LATERAL (
           SELECT coalesce(array_agg(x.sku ORDER BY x.n), ARRAY[coalesce(m.sku_id, %(none)s::uuid)]) AS skus,
                  coalesce(array_agg(x.supplier ORDER BY x.n), ARRAY[%(none)s::uuid]) AS suppliers,
                  -- What was given on top cost nothing: what is said of it alone is shared by its parts alike.
                  CASE WHEN sum(x.weight) > 0 THEN array_agg(x.weight ORDER BY x.n)
                       ELSE coalesce(array_agg(1::bigint ORDER BY x.n), ARRAY[1::bigint]) END AS weights
             FROM unnest(m.lines, m.skus, m.suppliers, m.weights) WITH ORDINALITY AS x(line, sku, supplier, weight, n)
            WHERE (m.order_line_id IS NULL OR x.line = m.order_line_id)
              AND (m.order_line_id IS NOT NULL OR m.sku_id IS NULL OR x.sku = m.sku_id)) c
     CROSS JOIN LATERAL unnest(c.skus, c.suppliers, insights_share(m.sofar::bigint, c.weights),
                               insights_share((m.sofar - m.value)::bigint, c.weights)) AS u(sku_id, supplier_id, now, before)
), acts AS MATERIALIZED (
    -- A transaction that delivers, takes money in or gives it back counts once for its order, at the order's first part.
    SELECT DISTINCT ON (shop_id, tx_id, order_id, what) *
      FROM (SELECT k.*, CASE WHEN measure = 'sales' THEN 'orders' WHEN measure = 'paid' THEN 'paid_orders'
                             ELSE 'refunds' END AS what,
                   sum(value) OVER (PARTITION BY shop_id, tx_id, order_id, measure) AS moved
              FROM known k
             WHERE order_id IS NOT NULL AND measure IN ('sales', 'paid', 'sales_back', 'paid_back')) a
     WHERE moved > 0
     ORDER BY shop_id, tx_id, order_id, what, seq
), counted AS (
    SELECT shop_id, day, currency, coalesce(skus[1], %(none)s::uuid) AS sku_id,
           coalesce(suppliers[1], %(none)s::uuid) AS supplier_id, channel, method, segment,
           coalesce(campaign_id, %(none)s::uuid) AS campaign_id, what AS measure, 1::bigint AS value
      FROM acts
    UNION ALL
    SELECT a.shop_id, a.day, a.currency, x.sku_id, x.supplier_id, a.channel, a.method, a.segment,
           coalesce(a.campaign_id, %(none)s::uuid), y.measure, y.value
      FROM acts a
     CROSS JOIN LATERAL unnest(a.lines, a.skus, a.suppliers, a.units) WITH ORDINALITY
                        AS x(line_id, sku_id, supplier_id, units, n)
     CROSS JOIN LATERAL (VALUES ('units', x.units),
                                ('lines', CASE WHEN a.lines[x.n - 1] IS DISTINCT FROM x.line_id THEN 1 ELSE 0 END::bigint)
                        ) AS y(measure, value)
     WHERE a.what = 'orders'
), packed AS MATERIALIZED (
    SELECT shop_id, day, currency, sku_id, supplier_id, channel, method, segment, campaign_id, measure, sum(value) AS value
      FROM (SELECT * FROM whole UNION ALL SELECT * FROM shared UNION ALL SELECT * FROM counted) every
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
)
INSERT INTO insights_cube AS c (shop_id, grain, day, currency, sku_id, supplier_id, channel, method, segment, campaign_id,
    paid_minor, paid_back_minor, sales_minor, sales_back_minor, adjusted_minor, other_income_minor, discount_minor,
    cost_minor, fee_minor, commission_minor, marketing_minor, compensation_minor, recovery_minor, difference_minor,
    paid_orders, orders, lines, units, refunds)
SELECT p.shop_id, g.grain, CASE g.grain WHEN 'm' THEN date_trunc('month', p.day)::date ELSE p.day END, p.currency,
       CASE g.grain WHEN 't' THEN %(none)s::uuid ELSE p.sku_id END,
       CASE g.grain WHEN 't' THEN %(none)s::uuid ELSE p.supplier_id END, p.channel, p.method, p.segment,
       CASE g.grain WHEN 't' THEN %(none)s::uuid ELSE p.campaign_id END,
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'paid'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'paid_back'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'sales'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'sales_back'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'adjusted'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'other_income'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'discount'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'cost'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'fee'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'commission'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'marketing'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'compensation'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'recovery'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'difference'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'paid_orders'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'orders'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'lines'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'units'), 0),
       coalesce(sum(p.value) FILTER (WHERE p.measure = 'refunds'), 0)
  FROM packed p CROSS JOIN (VALUES ('d'), ('m'), ('t')) AS g(grain)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
ON CONFLICT (shop_id, grain, day, currency, sku_id, supplier_id, channel, method, segment, campaign_id)
DO UPDATE SET paid_minor = c.paid_minor + excluded.paid_minor,
    paid_back_minor = c.paid_back_minor + excluded.paid_back_minor,
    sales_minor = c.sales_minor + excluded.sales_minor,
    sales_back_minor = c.sales_back_minor + excluded.sales_back_minor,
    adjusted_minor = c.adjusted_minor + excluded.adjusted_minor,
    other_income_minor = c.other_income_minor + excluded.other_income_minor,
    discount_minor = c.discount_minor + excluded.discount_minor,
    cost_minor = c.cost_minor + excluded.cost_minor,
    fee_minor = c.fee_minor + excluded.fee_minor,
    commission_minor = c.commission_minor + excluded.commission_minor,
    marketing_minor = c.marketing_minor + excluded.marketing_minor,
    compensation_minor = c.compensation_minor + excluded.compensation_minor,
    recovery_minor = c.recovery_minor + excluded.recovery_minor,
    difference_minor = c.difference_minor + excluded.difference_minor,
    paid_orders = c.paid_orders + excluded.paid_orders,
    orders = c.orders + excluded.orders,
    lines = c.lines + excluded.lines,
    units = c.units + excluded.units,
    refunds = c.refunds + excluded.refunds
