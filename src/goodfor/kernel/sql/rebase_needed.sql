-- Whether any stored transaction id, of whatever shop_id, lies in the future of this cluster.
SELECT EXISTS (SELECT FROM kernel_event WHERE xid >= m.xmax) OR EXISTS (SELECT FROM kernel_audit WHERE xid >= m.xmax)
    OR EXISTS (SELECT FROM kernel_event_cursor WHERE upto_xid >= m.xmax)
    OR EXISTS (SELECT FROM kernel_audit_head WHERE upto_xid >= m.xmax)
FROM (SELECT pg_snapshot_xmax(pg_current_snapshot()) AS xmax) m
