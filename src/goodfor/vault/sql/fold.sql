-- vault, platform job: fold the oldest deltas of each SKU into lots and stock; (deltas, touched lots).
-- Exact without looking at transaction ids: a row is deleted and counted once, by the one that deleted it.
WITH gone AS (
    DELETE FROM vault_stock_delta
    WHERE (shop_id, sku_id, id) IN (
        SELECT shop_id, sku_id, id FROM vault_stock_delta ORDER BY shop_id, sku_id, id LIMIT %(limit)s::bigint
        FOR UPDATE SKIP LOCKED
    )
    RETURNING shop_id, sku_id, lot_id, free, reserved, sold, quarantined, void
), by_lot AS (
    SELECT lot_id, sum(free) AS free, sum(reserved) AS reserved, sum(sold) AS sold,
           sum(quarantined) AS quarantined, sum(void) AS void
    FROM gone GROUP BY lot_id
), lots AS (
    UPDATE vault_lot l
    SET free = l.free + b.free, reserved = l.reserved + b.reserved, sold = l.sold + b.sold,
        quarantined = l.quarantined + b.quarantined, void = l.void + b.void
    FROM by_lot b WHERE l.id = b.lot_id
    RETURNING l.id
), totals AS (
    INSERT INTO vault_stock AS s (shop_id, sku_id, free, reserved, sold, quarantined, void)
    SELECT shop_id, sku_id, sum(free), sum(reserved), sum(sold), sum(quarantined), sum(void)
    FROM gone GROUP BY shop_id, sku_id
    ON CONFLICT (shop_id, sku_id) DO UPDATE
    SET free = s.free + excluded.free, reserved = s.reserved + excluded.reserved, sold = s.sold + excluded.sold,
        quarantined = s.quarantined + excluded.quarantined, void = s.void + excluded.void
)
SELECT (SELECT count(*) FROM gone)::bigint, ARRAY(SELECT id FROM lots)
