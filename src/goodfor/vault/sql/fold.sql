-- vault, platform job: fold the oldest deltas of each SKU into lots and stock; (deltas, touched lots).
-- Exact without looking at transaction ids: a row is deleted and counted once, by the one that deleted it.
-- Only one fold at a time: an UPDATE checks its CHECKs on the row that its snapshot saw, before it notices that another
-- transaction has changed it, and changes applied out of their order would pass below zero.
WITH gone AS (
    DELETE FROM vault_stock_delta
    WHERE (shop_id, sku_id, id) IN (
        SELECT shop_id, sku_id, id FROM vault_stock_delta ORDER BY shop_id, sku_id, id LIMIT %(limit)s::bigint
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
), by_sku AS (
    SELECT shop_id, sku_id, sum(free) AS free, sum(reserved) AS reserved, sum(sold) AS sold,
           sum(quarantined) AS quarantined, sum(void) AS void
    FROM gone GROUP BY shop_id, sku_id
), totals AS (
    -- The row was made when the first batch of the SKU went on sale.
    UPDATE vault_stock s
    SET free = s.free + b.free, reserved = s.reserved + b.reserved, sold = s.sold + b.sold,
        quarantined = s.quarantined + b.quarantined, void = s.void + b.void
    FROM by_sku b WHERE s.shop_id = b.shop_id AND s.sku_id = b.sku_id
)
SELECT (SELECT count(*) FROM gone)::bigint, ARRAY(SELECT id FROM lots)
