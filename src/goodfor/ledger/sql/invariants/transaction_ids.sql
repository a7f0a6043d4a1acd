-- Stored transaction ids that this cluster has not given out yet: a logical restore without `ledger_rebase`.
SELECT t.shop_id || '/tx/' || t.id, 'transaction id ' || t.xid || ' lies in the future'
  FROM ledger_tx t WHERE t.xid >= pg_snapshot_xmax(pg_current_snapshot())
