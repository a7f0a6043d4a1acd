-- risk: the next review that nobody holds, most urgent first; what others are at this moment taking is passed over.
WITH next AS MATERIALIZED (
    SELECT id, state FROM risk_review
    WHERE shop_id = %(shop_id)s AND state <> 'done' AND (state = 'open' OR lease_until <= %(now)s)
      AND (%(scenes)s::text[] IS NULL OR scene = ANY (%(scenes)s::text[]))
    ORDER BY due_at, id
    LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE risk_review r SET state = 'taken', taken_by = %(actor)s, lease_until = %(until)s
FROM next WHERE r.id = next.id AND r.shop_id = %(shop_id)s
RETURNING r.id, next.state
