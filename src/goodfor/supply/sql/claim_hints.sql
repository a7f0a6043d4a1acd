-- supply, platform job: items that suppliers told of, each for one process: (shop, supplier, item).
WITH due AS (
    SELECT id FROM supply_item
    WHERE hint_at <= %(now)s
    ORDER BY hint_at
    LIMIT %(limit)s::bigint
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE supply_item i SET hint_at = %(again)s
FROM due WHERE i.id = due.id
RETURNING i.shop_id, i.supplier_id, i.item_id
