-- supply, platform job: questions to suppliers that are due, each for one process: (shop, inquiry).
WITH due AS (
    SELECT id FROM supply_inquiry
    WHERE next_at <= %(now)s
    ORDER BY next_at
    LIMIT %(limit)s::bigint
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE supply_inquiry i SET next_at = %(lease)s
FROM due WHERE i.id = due.id AND i.next_at IS NOT NULL
RETURNING i.shop_id, i.id
