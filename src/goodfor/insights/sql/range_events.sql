-- Where this run ends (over all shop_id): below the oldest running transaction, after about `batch` events, always a step.
WITH mark AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin),
     head AS MATERIALIZED (SELECT e.xid FROM kernel_event e, mark m WHERE e.xid >= %(after)s::text::xid8 AND e.xid < m.xmin
                            ORDER BY e.xid LIMIT 1)
SELECT (SELECT xid FROM head) IS NOT NULL,
       coalesce((SELECT e.xid FROM kernel_event e, mark m WHERE e.xid > (SELECT xid FROM head) AND e.xid < m.xmin
                  ORDER BY e.xid OFFSET %(batch)s LIMIT 1), (SELECT xmin FROM mark))::text
