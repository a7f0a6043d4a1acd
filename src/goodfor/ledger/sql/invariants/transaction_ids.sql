-- Stored transaction ids that this cluster has not given out yet: a logical restore without `after_restore`.
SELECT x.subject, 'transaction id ' || x.xid || ' lies in the future'
  FROM (SELECT pg_snapshot_xmax(pg_current_snapshot()) AS xmax) m
 CROSS JOIN LATERAL (
    SELECT t.shop_id || '/tx/' || t.id AS subject, t.xid FROM ledger_tx t WHERE t.xid >= m.xmax
    UNION ALL SELECT p.shop_id || '/period/' || p.month, p.closing_xid FROM ledger_period p
               WHERE p.closing_xid >= m.xmax OR p.soft_xid >= m.xmax
    UNION ALL SELECT 'watermark/' || w.name, w.upto_xid FROM ledger_watermark w WHERE w.upto_xid > m.xmax
    UNION ALL SELECT r.shop_id || '/account/' || r.account_id, r.upto_xid FROM ledger_rollup r WHERE r.upto_xid > m.xmax
 ) x
