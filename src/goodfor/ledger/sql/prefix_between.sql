-- What each transaction moved on all accounts whose codes begin so, in a stretch of effective time, posted lines only, of
-- these kinds: like account_between.
WITH line AS MATERIALIZED (
    SELECT p.tx_id, sum(p.amount_minor)::bigint AS amount_minor
      FROM ledger_posting p
      JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id
     WHERE p.shop_id = %(shop_id)s AND p.layer = 0 AND a.currency = %(currency)s
       AND starts_with(a.code, %(prefix)s::text)
       AND p.effective_date BETWEEN ledger_business_date(%(since)s::timestamptz) AND ledger_business_date(%(until)s::timestamptz)
     GROUP BY p.tx_id
)
SELECT t.id, t.reference, t.kind, line.amount_minor, t.effective_at
  FROM line JOIN ledger_tx t ON t.id = line.tx_id AND t.shop_id = %(shop_id)s
 WHERE t.kind = ANY (%(kinds)s) AND t.effective_at >= %(since)s AND t.effective_at < %(until)s AND line.amount_minor <> 0
