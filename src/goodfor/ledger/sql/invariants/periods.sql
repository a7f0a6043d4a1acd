-- Transactions in a closed month that began after it was closed; in a soft-closed one, all but adjustments.
SELECT t.shop_id || '/tx/' || t.id, 'effective ' || t.effective_at || ' in a month closed through ' || d.month
  FROM (SELECT shop_id, month, closing_xid FROM ledger_period WHERE state = 'closed') d
  JOIN ledger_tx t ON t.shop_id = d.shop_id AND t.xid > d.closing_xid
   AND t.effective_at < (d.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai'
   AND NOT EXISTS (SELECT FROM ledger_period e WHERE e.shop_id = d.shop_id AND e.state = 'closed' AND e.month > d.month
                      AND t.xid > e.closing_xid)
UNION ALL
SELECT t.shop_id || '/tx/' || t.id, 'effective ' || t.effective_at || ', no adjustment, in a month soft-closed through ' || d.month
  FROM (SELECT shop_id, month, soft_xid FROM ledger_period WHERE soft_xid IS NOT NULL) d
  JOIN ledger_tx t ON t.shop_id = d.shop_id AND t.xid > d.soft_xid AND NOT t.adjustment
   AND t.effective_at < (d.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai'
   -- Told once: by the last month that covers it, and by a hard close before a soft one.
   AND NOT EXISTS (SELECT FROM ledger_period e WHERE e.shop_id = d.shop_id AND e.month > d.month AND t.xid > e.soft_xid)
   AND NOT EXISTS (SELECT FROM ledger_period e WHERE e.shop_id = d.shop_id AND e.state = 'closed' AND t.xid > e.closing_xid
                      AND t.effective_at < (e.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai')
