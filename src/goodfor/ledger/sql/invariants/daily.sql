-- Daily balances that differ from the postings below their watermark, in what moved or in where the account stood.
WITH mark AS MATERIALIZED (SELECT w.upto_xid AS upto FROM ledger_watermark w WHERE w.name = 'daily'
), summed AS (
  SELECT p.shop_id, p.account_id, p.effective_date AS day,
         sum(greatest(p.amount_minor, 0)) AS debit, sum(greatest(-p.amount_minor, 0)) AS credit
    FROM ledger_posting p, mark m WHERE p.layer = 0 AND p.xid < m.upto GROUP BY p.shop_id, p.account_id, p.effective_date
), standing AS (
  SELECT s.*, sum(s.debit - s.credit) OVER (PARTITION BY s.shop_id, s.account_id ORDER BY s.day) AS closing FROM summed s
)
SELECT coalesce(s.shop_id, d.shop_id) || '/account/' || coalesce(s.account_id, d.account_id) || '/' || coalesce(s.day, d.day),
       'stored ' || coalesce(d.debit_minor || ' - ' || d.credit_minor || ', closing ' || d.closing_minor, 'nothing')
       || '; postings ' || coalesce(s.debit || ' - ' || s.credit || ', closing ' || s.closing, 'none')
  FROM standing s
  FULL JOIN ledger_daily d ON d.shop_id = s.shop_id AND d.account_id = s.account_id AND d.day = s.day
 WHERE d.debit_minor IS DISTINCT FROM s.debit OR d.credit_minor IS DISTINCT FROM s.credit
    OR d.closing_minor IS DISTINCT FROM s.closing
