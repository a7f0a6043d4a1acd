-- finance: how far the books were read, over all shop_id; the row stays locked until the transaction ends. Ids of
-- another cluster (a dump was loaded) lie in the future: then everything is read again, which books nothing twice.
INSERT INTO finance_cursor AS c (name, upto_xid) VALUES ('orders', 0)
ON CONFLICT (name) DO UPDATE
   SET upto_xid = CASE WHEN c.upto_xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint THEN 0
                       ELSE c.upto_xid END
RETURNING c.upto_xid::text
