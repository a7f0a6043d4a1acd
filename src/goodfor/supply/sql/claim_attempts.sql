-- supply, platform job: purchases to ask about, each for one process: (shop, attempt).
WITH due AS (
    SELECT id FROM supply_attempt
    WHERE next_at <= %(now)s
    ORDER BY next_at
    LIMIT %(limit)s::bigint
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE supply_attempt a SET next_at = %(lease)s
FROM due WHERE a.id = due.id AND a.next_at IS NOT NULL
RETURNING a.shop_id, a.id
