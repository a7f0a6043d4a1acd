-- vault, platform job: lots just folded: where their free codes begin now, drained or open again: (shop, lot, from, to).
-- The rows are locked by the fold in this transaction; a delta still in the tail means: not yet, it will be folded next.
WITH touched AS MATERIALIZED (
    SELECT l.id, l.shop_id, l.state, l.first_free_id,
           (SELECT c.id FROM vault_code c
            WHERE c.state = 0 AND (c.lot_id, c.id) >= (l.id, '00000000-0000-0000-0000-000000000000'::uuid)
              AND (c.lot_id, c.id) <= (l.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            ORDER BY c.lot_id, c.id LIMIT 1) AS begins,
           l.free = 0 AND l.reserved = 0 AND NOT EXISTS (
               SELECT 1 FROM vault_stock_delta d
               WHERE d.shop_id = l.shop_id AND d.sku_id = l.sku_id AND d.lot_id = l.id
           ) AS empty
    FROM vault_lot l
    WHERE l.id = ANY (%(lot_ids)s::uuid[])
), tended AS (
    SELECT id, shop_id, state AS was, begins,
           CASE WHEN state = 'open' AND empty AND begins IS NULL THEN 'drained'
                WHEN state = 'drained' AND begins IS NOT NULL THEN 'open'
                ELSE state END AS becomes
    FROM touched
    WHERE begins IS DISTINCT FROM first_free_id OR state IN ('open', 'drained')
), changed AS (
    UPDATE vault_lot l SET first_free_id = t.begins, state = t.becomes
    FROM tended t
    WHERE l.id = t.id AND (l.first_free_id IS DISTINCT FROM t.begins OR l.state <> t.becomes)
    RETURNING l.shop_id, l.id, t.was, t.becomes
)
SELECT shop_id, id, was, becomes FROM changed WHERE was <> becomes
