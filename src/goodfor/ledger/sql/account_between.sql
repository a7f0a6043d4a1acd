-- What each transaction moved on an account in a stretch of effective time, posted lines only, of these kinds. The dates
-- are those of the books that the stretch touches: the small index over dates finds their rows.
WITH line AS MATERIALIZED (
    SELECT p.tx_id, sum(p.amount_minor)::bigint AS amount_minor
      FROM ledger_posting p
     WHERE p.shop_id = %(shop_id)s AND p.layer = 0
       AND p.effective_date BETWEEN ledger_business_date(%(since)s::timestamptz) AND ledger_business_date(%(until)s::timestamptz)
       AND p.account_id = (SELECT a.id FROM ledger_account a
                            WHERE a.shop_id = %(shop_id)s AND a.code = %(code)s AND a.currency = %(currency)s)
     GROUP BY p.tx_id
)
SELECT t.id, t.reference, t.kind, line.amount_minor, t.effective_at
  FROM line JOIN ledger_tx t ON t.id = line.tx_id AND t.shop_id = %(shop_id)s
 WHERE t.kind = ANY (%(kinds)s) AND t.effective_at >= %(since)s AND t.effective_at < %(until)s AND line.amount_minor <> 0
