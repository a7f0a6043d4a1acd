-- Events of one shop whose handlers failed, the most stubborn first.
SELECT r.event_id, r.handler, e.name, e.occurred_at, r.attempts, r.next_try_at, r.error
  FROM kernel_event_retry r JOIN kernel_event e ON e.xid = r.event_xid AND e.id = r.event_id
 WHERE e.shop_id = %(shop_id)s
 ORDER BY r.attempts DESC, r.event_id LIMIT %(limit)s
