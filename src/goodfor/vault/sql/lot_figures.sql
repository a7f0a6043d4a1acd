-- vault: lots of some batches with their exact counts: the folded ones plus the tail, in one snapshot.
WITH lots AS MATERIALIZED (
    SELECT id, batch_id, sku_id, state, expires_at, unit_cost_minor, currency, loaded, free, reserved, sold, quarantined,
           void
    FROM vault_lot WHERE shop_id = %(shop_id)s AND batch_id = ANY (%(batch_ids)s::uuid[])
), tail AS MATERIALIZED (
    SELECT lot_id, sum(free) AS free, sum(reserved) AS reserved, sum(sold) AS sold, sum(quarantined) AS quarantined,
           sum(void) AS void
    FROM vault_stock_delta
    WHERE shop_id = %(shop_id)s AND sku_id = ANY (ARRAY(SELECT DISTINCT sku_id FROM lots))
    GROUP BY lot_id
)
SELECT l.id, l.batch_id, l.sku_id, l.state, l.expires_at, l.unit_cost_minor, l.currency, l.loaded,
       (l.free + coalesce(t.free, 0))::bigint, (l.reserved + coalesce(t.reserved, 0))::bigint,
       (l.sold + coalesce(t.sold, 0))::bigint, (l.quarantined + coalesce(t.quarantined, 0))::bigint,
       (l.void + coalesce(t.void, 0))::bigint
FROM lots l LEFT JOIN tail t ON t.lot_id = l.id
ORDER BY l.id
