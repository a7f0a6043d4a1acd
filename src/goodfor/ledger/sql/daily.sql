-- The days on which accounts moved, with debit, credit and the closing balance on the natural side; stored days plus the
-- postings since, in one snapshot. As known at a moment: the postings that were recorded before, nothing stored.
WITH mark AS MATERIALIZED (
  SELECT CASE WHEN %(known)s::timestamptz IS NULL
              THEN coalesce((SELECT w.upto_xid FROM ledger_watermark w WHERE w.name = 'daily'), '0'::xid8)
              ELSE '0'::xid8 END AS upto
), account AS MATERIALIZED (
  SELECT a.id, a.shop_id, a.code, a.currency, a.normal_side FROM ledger_account a
   WHERE a.shop_id = %(shop_id)s AND a.code >= %(first)s AND a.code < %(end)s
), tail AS MATERIALIZED (
  SELECT a.id, p.day, p.debit, p.credit
    FROM account a
    CROSS JOIN LATERAL (
      SELECT p.effective_date AS day, sum(greatest(p.amount_minor, 0)) AS debit, sum(greatest(-p.amount_minor, 0)) AS credit
        FROM ledger_posting p
       WHERE p.account_id = a.id AND p.layer = 0 AND p.xid >= (SELECT upto FROM mark) AND p.effective_date <= %(last_day)s::date
         AND (%(known)s::timestamptz IS NULL
                   OR EXISTS (SELECT FROM ledger_tx t
                               WHERE t.shop_id = p.shop_id AND t.id = p.tx_id AND t.recorded_at < %(known)s::timestamptz))
       GROUP BY p.effective_date) p
), opening AS (
  SELECT a.id,
         coalesce(CASE WHEN %(known)s::timestamptz IS NULL
                       THEN (SELECT d.closing_minor FROM ledger_daily d
                              WHERE d.shop_id = a.shop_id AND d.account_id = a.id AND d.day < %(first_day)s::date
                              ORDER BY d.day DESC LIMIT 1) END, 0)
         + coalesce((SELECT sum(t.debit - t.credit) FROM tail t WHERE t.id = a.id AND t.day < %(first_day)s::date), 0) AS amount
    FROM account a
), moved AS (
  SELECT m.id, m.day, sum(m.debit) AS debit, sum(m.credit) AS credit
    FROM (SELECT t.id, t.day, t.debit, t.credit FROM tail t WHERE t.day >= %(first_day)s::date
          UNION ALL
          SELECT a.id, d.day, d.debit_minor, d.credit_minor
            FROM account a
            JOIN ledger_daily d ON d.shop_id = a.shop_id AND d.account_id = a.id
             AND d.day BETWEEN %(first_day)s::date AND %(last_day)s::date
           WHERE %(known)s::timestamptz IS NULL) m
   GROUP BY m.id, m.day
)
SELECT a.code, a.currency, m.day, m.debit::bigint, m.credit::bigint,
       (a.normal_side * (o.amount + sum(m.debit - m.credit) OVER (PARTITION BY m.id ORDER BY m.day)))::bigint
  FROM moved m JOIN account a ON a.id = m.id JOIN opening o ON o.id = m.id
 ORDER BY a.code, a.currency, m.day
