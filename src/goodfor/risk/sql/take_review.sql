-- risk: the next review that nobody holds, most urgent first; what others are at this moment taking is passed over,
-- and so are the taker's own acts.
WITH next AS MATERIALIZED (
    SELECT w.id, w.state FROM risk_review w
    WHERE w.shop_id = %(shop_id)s AND w.state <> 'done' AND (w.state = 'open' OR w.lease_until <= %(now)s)
      AND (%(scenes)s::text[] IS NULL OR w.scene = ANY (%(scenes)s::text[]))
      AND (w.scene <> ALL (%(of_staff)s::text[]) OR NOT EXISTS (
          SELECT 1 FROM risk_decision d JOIN risk_event e ON e.shop_id = d.shop_id AND e.at = d.at AND e.id = d.event_id
          WHERE d.shop_id = %(shop_id)s AND d.id = w.decision_id AND d.at >= risk_decision_time(w.decision_id)
            AND d.at < risk_decision_time(w.decision_id) + interval '1 millisecond' AND e.buyer = %(own)s::bigint))
    ORDER BY w.due_at, w.id
    LIMIT 1
    FOR NO KEY UPDATE OF w SKIP LOCKED
)
UPDATE risk_review r SET state = 'taken', taken_by = %(actor)s, lease_until = %(until)s
FROM next WHERE r.id = next.id AND r.shop_id = %(shop_id)s
RETURNING r.id, next.state
