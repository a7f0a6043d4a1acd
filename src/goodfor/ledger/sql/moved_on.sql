-- What the accounts whose code begins so were moved by on a day of the books, debit positive.
SELECT coalesce(sum(p.amount_minor), 0)::bigint
  FROM ledger_posting p
  JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id
 WHERE p.shop_id = %(shop_id)s AND p.effective_date = %(day)s AND p.layer = 0
   AND a.code >= %(first)s AND a.code < %(end)s AND a.currency = %(currency)s
