-- vault: put a whole batch on sale: its lots open, their codes count: (lots, codes, summed cost).
WITH opened AS (
    UPDATE vault_lot SET state = 'open'
    WHERE shop_id = %(shop_id)s AND batch_id = %(batch_id)s AND state = 'staged'
    RETURNING id, sku_id, loaded, unit_cost_minor
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free)
    SELECT %(shop_id)s, sku_id, id, loaded FROM opened WHERE loaded > 0
), stock AS (
    INSERT INTO vault_stock (shop_id, sku_id, free, reserved, sold, quarantined, void)
    SELECT DISTINCT %(shop_id)s::uuid, sku_id, 0, 0, 0, 0, 0 FROM opened
    ON CONFLICT (shop_id, sku_id) DO NOTHING
)
SELECT ARRAY(SELECT id FROM opened), (SELECT coalesce(sum(loaded), 0) FROM opened)::bigint,
       (SELECT coalesce(sum(loaded * unit_cost_minor), 0) FROM opened)::bigint
