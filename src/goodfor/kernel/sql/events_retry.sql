-- Events of one shop whose handlers failed: call them at the next turn of the relay. Without an event id: all of them.
UPDATE kernel_event_retry r SET next_try_at = %(now)s
  FROM kernel_event e
 WHERE e.xid = r.event_xid AND e.id = r.event_id AND e.shop_id = %(shop_id)s
   AND (%(event_id)s::bigint IS NULL OR (r.event_id = %(event_id)s AND r.handler = %(handler)s))
   AND r.next_try_at > %(now)s
