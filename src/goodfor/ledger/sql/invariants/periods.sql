-- Transactions in a closed month that began after it was closed.
SELECT t.shop_id || '/tx/' || t.id, 'effective ' || t.effective_at || ' in a month closed through ' || d.month
  FROM (SELECT shop_id, month, closing_xid FROM ledger_period WHERE state = 'closed') d
  JOIN ledger_tx t ON t.shop_id = d.shop_id AND t.xid > d.closing_xid
   AND t.effective_at < (d.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai'
   AND NOT EXISTS (SELECT FROM ledger_period e WHERE e.shop_id = d.shop_id AND e.state = 'closed' AND e.month > d.month
                      AND t.xid > e.closing_xid)
