-- finance: where this stretch ends, over all shop_id: below the oldest running transaction, after about `batch` headers.
WITH mark AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin),
     head AS MATERIALIZED (SELECT t.xid FROM ledger_tx t, mark m WHERE t.xid >= %(after)s::xid8 AND t.xid < m.xmin
                            ORDER BY t.xid LIMIT 1)
SELECT (SELECT xid FROM head)::text,
       coalesce((SELECT t.xid FROM ledger_tx t, mark m WHERE t.xid > (SELECT xid FROM head) AND t.xid < m.xmin
                  ORDER BY t.xid OFFSET %(batch)s LIMIT 1), (SELECT xmin FROM mark))::text
