-- vault: look at the stock of these SKUs; those whose bell was rung or armed: (sku, armed, left, threshold, crossings).
-- Left is what is unsold in open lots: codes promised to unpaid orders count, so that abandoned carts ring no bell twice.
-- A row is judged and moved by one UPDATE of its newest version, which a new threshold may just have written. Rows are
-- locked in the order of SKUs. A SKU that is seen for the first time is low or not, but crossed nothing.
WITH asked AS (
    SELECT DISTINCT s.sku_id FROM unnest(%(sku_ids)s::uuid[]) AS s (sku_id)
), open_lots AS MATERIALIZED (
    SELECT id, sku_id, free + reserved AS unsold
    FROM vault_lot
    WHERE shop_id = %(shop_id)s AND sku_id = ANY (%(sku_ids)s::uuid[]) AND state = 'open'
      AND (expires_at IS NULL OR expires_at > %(now)s::timestamptz)
), parts AS (
    SELECT sku_id, unsold FROM open_lots
    UNION ALL
    SELECT d.sku_id, d.free + d.reserved
    FROM vault_stock_delta d JOIN open_lots o ON o.id = d.lot_id
    WHERE d.shop_id = %(shop_id)s AND d.sku_id = ANY (%(sku_ids)s::uuid[])
), levels AS MATERIALIZED (
    SELECT a.sku_id, coalesce(sum(p.unsold), 0)::bigint AS unsold
    FROM asked a LEFT JOIN parts p ON p.sku_id = a.sku_id
    GROUP BY a.sku_id
), moved AS (
    INSERT INTO vault_stock_watch AS w (shop_id, sku_id, armed)
    SELECT %(shop_id)s::uuid, sku_id, unsold >= %(shop_threshold)s::bigint FROM levels ORDER BY sku_id
    ON CONFLICT (shop_id, sku_id) DO UPDATE
    SET armed = NOT w.armed, crossings = w.crossings + w.armed::int,
        crossed_at = CASE WHEN w.armed THEN %(now)s::timestamptz ELSE w.crossed_at END
    WHERE w.armed <> ((SELECT l.unsold FROM levels l WHERE l.sku_id = w.sku_id)
                      >= coalesce(w.threshold, %(shop_threshold)s::bigint))
    RETURNING w.sku_id, w.armed, coalesce(w.threshold, %(shop_threshold)s::bigint) AS threshold, w.crossings
)
SELECT m.sku_id, m.armed, l.unsold, m.threshold, m.crossings FROM moved m JOIN levels l USING (sku_id) ORDER BY m.sku_id
