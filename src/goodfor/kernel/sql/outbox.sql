-- Events that the relay has not passed yet (counted up to a limit), and the oldest of them.
SELECT count(*), min(occurred_at) FROM (
    SELECT e.occurred_at FROM kernel_event e
     WHERE (e.xid, e.id) > (coalesce((SELECT upto_xid FROM kernel_event_cursor WHERE name = 'relay'), '0'::xid8),
                            coalesce((SELECT upto_id FROM kernel_event_cursor WHERE name = 'relay'), 0))
     ORDER BY e.xid, e.id LIMIT %(limit)s) waiting
