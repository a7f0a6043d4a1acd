-- Balances at the end of a day of the books, debit positive: the stored closing plus the postings since, in one snapshot.
-- As known at a moment: the postings that were recorded before, nothing stored.
WITH mark AS MATERIALIZED (
  SELECT CASE WHEN %(known)s::timestamptz IS NULL
              THEN coalesce((SELECT w.upto_xid FROM ledger_watermark w WHERE w.name = 'daily'), '0'::xid8)
              ELSE '0'::xid8 END AS upto
)
SELECT a.code, a.type, a.currency,
       (coalesce(CASE WHEN %(known)s::timestamptz IS NULL
                      THEN (SELECT d.closing_minor FROM ledger_daily d
                             WHERE d.shop_id = a.shop_id AND d.account_id = a.id AND d.day <= %(day)s::date
                             ORDER BY d.day DESC LIMIT 1) END, 0)
        + coalesce((SELECT sum(p.amount_minor) FROM ledger_posting p
            WHERE p.account_id = a.id AND p.layer = 0 AND p.xid >= (SELECT upto FROM mark)
              AND p.effective_date <= %(day)s::date
              AND (%(known)s::timestamptz IS NULL
                   OR EXISTS (SELECT FROM ledger_tx t
                               WHERE t.shop_id = p.shop_id AND t.id = p.tx_id AND t.recorded_at < %(known)s::timestamptz))), 0))::bigint
  FROM ledger_account a
 WHERE a.shop_id = %(shop_id)s
 ORDER BY a.code, a.currency
