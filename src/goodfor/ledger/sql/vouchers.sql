-- What each kind of transaction moved on each day of the books, by account: one voucher a day and kind.
SELECT p.effective_date, t.kind, a.code,
       sum(greatest(p.amount_minor, 0))::bigint, sum(greatest(-p.amount_minor, 0))::bigint
  FROM ledger_posting p
  JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
  JOIN ledger_account a ON a.id = p.account_id
 WHERE p.shop_id = %(shop_id)s AND p.layer = 0 AND t.currency = %(currency)s
   AND p.effective_date BETWEEN %(first_day)s::date AND %(last_day)s::date
 GROUP BY p.effective_date, t.kind, a.code
 ORDER BY p.effective_date, t.kind, a.code
