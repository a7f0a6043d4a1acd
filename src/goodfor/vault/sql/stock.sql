-- vault: (sku, available, reserved, sold) of some SKUs: the folded counts plus the tail, in one snapshot.
WITH open_lots AS MATERIALIZED (
    SELECT id, sku_id, free
    FROM vault_lot
    WHERE shop_id = %(shop_id)s AND sku_id = ANY (%(sku_ids)s::uuid[]) AND state = 'open'
      AND (expires_at IS NULL OR expires_at > coalesce(%(now)s::timestamptz, now()))
), tail AS MATERIALIZED (
    SELECT sku_id, lot_id, sum(free) AS free, sum(reserved) AS reserved, sum(sold) AS sold
    FROM vault_stock_delta
    WHERE shop_id = %(shop_id)s AND sku_id = ANY (%(sku_ids)s::uuid[])
    GROUP BY sku_id, lot_id
), parts AS (
    SELECT sku_id, free AS available, 0 AS reserved, 0 AS sold FROM open_lots
    UNION ALL
    SELECT t.sku_id, CASE WHEN o.id IS NULL THEN 0 ELSE t.free END, t.reserved, t.sold
    FROM tail t LEFT JOIN open_lots o ON o.id = t.lot_id
    UNION ALL
    SELECT sku_id, 0, reserved, sold FROM vault_stock
    WHERE shop_id = %(shop_id)s AND sku_id = ANY (%(sku_ids)s::uuid[])
)
SELECT sku_id, sum(available)::bigint, sum(reserved)::bigint, sum(sold)::bigint FROM parts GROUP BY sku_id
