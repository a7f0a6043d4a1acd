-- vault: some unsold codes of a batch, free or quarantined, become void: (SKU, currency, count, summed cost) of each.
-- Codes of a batch lie side by side in the primary key: their ids begin with those of the batch.
WITH lots AS MATERIALIZED (
    SELECT id, sku_id, unit_cost_minor, currency FROM vault_lot
    WHERE shop_id = %(shop_id)s AND batch_id = %(batch_id)s AND state <> 'staged'
), due AS MATERIALIZED (
    SELECT id, state FROM vault_code
    WHERE shop_id = %(shop_id)s AND id BETWEEN %(first_id)s AND %(last_id)s AND lot_id IN (SELECT id FROM lots)
      AND (state = 0 OR state = 3 AND sold_at IS NULL)
    ORDER BY id
    LIMIT %(limit)s::bigint
    FOR UPDATE
), moved AS (
    UPDATE vault_code SET state = 4, holder_id = NULL
    WHERE id = ANY (ARRAY(SELECT id FROM due)) AND shop_id = %(shop_id)s AND state IN (0, 3)
    RETURNING id, lot_id
), by_lot AS (
    SELECT m.lot_id, count(*)::int AS codes, (count(*) FILTER (WHERE d.state = 0))::int AS were_free
    FROM moved m JOIN due d ON d.id = m.id GROUP BY m.lot_id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free, quarantined, void)
    SELECT %(shop_id)s, l.sku_id, l.id, -b.were_free, b.were_free - b.codes, b.codes
    FROM by_lot b JOIN lots l ON l.id = b.lot_id
)
SELECT l.sku_id, l.currency, sum(b.codes)::bigint, sum(b.codes * l.unit_cost_minor)::bigint
FROM by_lot b JOIN lots l ON l.id = b.lot_id GROUP BY l.sku_id, l.currency
