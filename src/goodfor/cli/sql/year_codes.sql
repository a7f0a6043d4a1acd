-- Free codes to the lines of many orders at once, as vault's claim does for one: (line, codes, summed unit cost). A line
-- that got fewer than it wanted is for the caller to see. Planned each time, by index: nothing joins the whole table.
WITH want AS MATERIALIZED (
    SELECT w.line_id, w.sku_id, w.at, row_number() OVER (PARTITION BY w.sku_id ORDER BY w.i, u) AS place
      FROM unnest(%(lines)s::uuid[], %(skus)s::uuid[], %(quantities)s::int[], %(ats)s::timestamptz[])
           WITH ORDINALITY w(line_id, sku_id, quantity, at, i)
     CROSS JOIN LATERAL generate_series(1, w.quantity) u
), demand AS MATERIALIZED (
    SELECT sku_id, max(place) AS units FROM want GROUP BY sku_id
), free AS MATERIALIZED (
    SELECT d.sku_id, f.id, f.lot_id, f.unit_cost_minor, row_number() OVER (PARTITION BY d.sku_id ORDER BY f.lot, f.id) AS place
      FROM demand d
     CROSS JOIN LATERAL (
           SELECT c.id, l.id AS lot_id, l.unit_cost_minor, l.lot
             FROM (SELECT id, unit_cost_minor, first_free_id, row_number() OVER (ORDER BY id) AS lot
                     FROM vault_lot WHERE shop_id = %(shop_id)s AND sku_id = d.sku_id AND state = 'open' ORDER BY id) l
            CROSS JOIN LATERAL (
                  SELECT id FROM vault_code
                   WHERE state = 0 AND shop_id = %(shop_id)s
                     AND (lot_id, id) >= (l.id, coalesce(l.first_free_id, '00000000-0000-0000-0000-000000000000'::uuid))
                     AND (lot_id, id) <= (l.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
                   ORDER BY lot_id, id LIMIT d.units) c
            LIMIT d.units) f
), pair AS MATERIALIZED (
    SELECT w.line_id, w.sku_id, w.at, f.id, f.lot_id, f.unit_cost_minor
      FROM want w JOIN free f USING (sku_id, place)
), sold AS (
    UPDATE vault_code c SET state = 2, holder_id = p.line_id, sold_at = p.at
      FROM pair p WHERE c.id = p.id AND c.shop_id = %(shop_id)s AND c.state = 0
    RETURNING c.id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free, sold)
    SELECT %(shop_id)s, sku_id, lot_id, -count(*)::int, count(*)::int FROM pair GROUP BY sku_id, lot_id
)
SELECT p.line_id, count(*)::int, sum(p.unit_cost_minor)::bigint
  FROM pair p JOIN sold s ON s.id = p.id GROUP BY p.line_id
