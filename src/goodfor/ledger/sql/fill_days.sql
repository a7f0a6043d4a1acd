-- Add the postings of [after, upto), over all shop_id, to the daily balances. Whatever day they are dated to, the account's
-- closings from its first touched day on are computed again, so that every stored closing is right at all times.
WITH delta AS MATERIALIZED (
  SELECT t.shop_id, p.account_id, p.effective_date AS day,
         sum(greatest(p.amount_minor, 0)) AS debit, sum(greatest(-p.amount_minor, 0)) AS credit
    FROM ledger_tx t
    CROSS JOIN LATERAL (SELECT x.account_id, x.effective_date, x.amount_minor FROM ledger_posting x
                         WHERE x.shop_id = t.shop_id AND x.tx_id = t.id AND x.layer = 0 OFFSET 0) p
   WHERE t.xid >= %(after)s::xid8 AND t.xid < %(upto)s::xid8
   GROUP BY t.shop_id, p.account_id, p.effective_date
), dirty AS MATERIALIZED (
  SELECT f.shop_id, f.account_id, f.day,
         coalesce((SELECT d.closing_minor FROM ledger_daily d
                    WHERE d.shop_id = f.shop_id AND d.account_id = f.account_id AND d.day < f.day
                    ORDER BY d.day DESC LIMIT 1), 0) AS opening
    FROM (SELECT shop_id, account_id, min(day) AS day FROM delta GROUP BY shop_id, account_id) f
), total AS (
  SELECT m.shop_id, m.account_id, m.day, sum(m.debit) AS debit, sum(m.credit) AS credit
    FROM (SELECT shop_id, account_id, day, debit, credit FROM delta
          UNION ALL
          SELECT d.shop_id, d.account_id, old.day, old.debit_minor, old.credit_minor
            FROM dirty d
            CROSS JOIN LATERAL (SELECT x.day, x.debit_minor, x.credit_minor FROM ledger_daily x
                                 WHERE x.shop_id = d.shop_id AND x.account_id = d.account_id AND x.day >= d.day
                                 OFFSET 0) old) m
   GROUP BY m.shop_id, m.account_id, m.day
)
INSERT INTO ledger_daily (shop_id, account_id, day, debit_minor, credit_minor, closing_minor)
SELECT t.shop_id, t.account_id, t.day, t.debit, t.credit,
       d.opening + sum(t.debit - t.credit) OVER (PARTITION BY t.shop_id, t.account_id ORDER BY t.day)
  FROM total t JOIN dirty d ON d.shop_id = t.shop_id AND d.account_id = t.account_id
ON CONFLICT (shop_id, account_id, day) DO UPDATE
   SET debit_minor = excluded.debit_minor, credit_minor = excluded.credit_minor, closing_minor = excluded.closing_minor
