-- The oldest told events past their age, of all shop_ids; those that wait for a retry are kept.
WITH oldest AS MATERIALIZED (
    SELECT e.xid, e.id, e.occurred_at FROM kernel_event e
    WHERE (e.xid, e.id) <= (SELECT c.upto_xid, c.upto_id FROM kernel_event_cursor c WHERE c.name = 'relay')
      AND NOT EXISTS (SELECT 1 FROM kernel_event_retry r WHERE r.event_id = e.id)
    ORDER BY e.xid, e.id LIMIT %(limit)s
)
DELETE FROM kernel_event e USING oldest o
WHERE e.xid = o.xid AND e.id = o.id AND o.occurred_at < %(before)s
