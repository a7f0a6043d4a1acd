-- Freeze which supplier filled which part of the orders, of every shop_id, that were delivered in [after, upto) and that
-- suppliers filled, in part or whole. Units that no purchase explains came from the shelf.
WITH done AS MATERIALIZED (
    SELECT p.shop_id, p.order_id, min(p.tx_id) AS tx_id FROM insights_posting_by_tx p
     WHERE p.xid >= %(after)s::text::xid8 AND p.xid < %(upto)s::text::xid8 AND p.order_id IS NOT NULL
       AND p.measure = 'sales' AND p.value > 0
     GROUP BY 1, 2
), bought AS MATERIALIZED (
    SELECT d.shop_id, d.order_id, d.tx_id, w.line_id, w.supplier_id, sum(w.got)::bigint AS got
      FROM done d
     CROSS JOIN LATERAL (
           SELECT x.line_id, a.supplier_id, a.got FROM supply_want x
            CROSS JOIN LATERAL (SELECT y.supplier_id, y.got FROM supply_attempt y WHERE y.shop_id = x.shop_id
                                   AND y.want_id = x.id AND y.got > 0 OFFSET 0) a
            WHERE x.shop_id = d.shop_id AND x.order_id = d.order_id OFFSET 0) w
     GROUP BY 1, 2, 3, 4, 5
), line AS MATERIALIZED (
    SELECT l.shop_id, l.order_id, b.tx_id, l.id, l.position, l.sku_id, l.quantity,
           l.quantity * l.unit_price_minor - l.discount_minor AS net, coalesce(l.topped, l.quantity)::bigint AS units
      FROM (SELECT DISTINCT shop_id, order_id, tx_id FROM bought) b
     CROSS JOIN LATERAL (SELECT x.* FROM orders_line x WHERE x.shop_id = b.shop_id AND x.order_id = b.order_id OFFSET 0) l
), part AS (
    SELECT l.shop_id, l.order_id, l.tx_id, l.id, l.position, l.sku_id, l.net, l.quantity, b.supplier_id,
           least(l.units, sum(b.got) OVER own) - least(l.units, sum(b.got) OVER own - b.got) AS units
      FROM line l JOIN bought b ON b.shop_id = l.shop_id AND b.order_id = l.order_id AND b.line_id = l.id
    WINDOW own AS (PARTITION BY l.shop_id, l.id ORDER BY b.supplier_id)
    UNION ALL
    SELECT l.shop_id, l.order_id, l.tx_id, l.id, l.position, l.sku_id, l.net, l.quantity, %(none)s::uuid,
           l.units - least(l.units, coalesce(sum(b.got), 0))
      FROM line l LEFT JOIN bought b ON b.shop_id = l.shop_id AND b.order_id = l.order_id AND b.line_id = l.id
     GROUP BY l.shop_id, l.order_id, l.tx_id, l.id, l.position, l.sku_id, l.net, l.quantity, l.units
)
INSERT INTO insights_cell (shop_id, order_id, n, from_tx, line_id, sku_id, supplier_id, weight, units)
SELECT shop_id, order_id, row_number() OVER (PARTITION BY shop_id, order_id ORDER BY position, supplier_id), tx_id, id, sku_id,
       supplier_id, units * net / quantity, units
  FROM part WHERE units > 0
ON CONFLICT DO NOTHING
