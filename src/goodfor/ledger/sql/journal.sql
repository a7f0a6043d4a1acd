-- Every posted line that is dated to some days of the books, by day and transaction.
SELECT p.effective_date, p.tx_id, p.seq, t.reference, t.kind, t.rule_version, t.adjustment, t.currency, a.code,
       p.amount_minor, p.order_id, p.order_line_id, p.sku_id, p.supplier_id, p.party_id, p.brand_id, p.campaign_id,
       coalesce(p.channel, ''), t.effective_at, t.recorded_at, t.cause_type, t.cause_id, t.actor
  FROM ledger_posting p
  JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
  JOIN ledger_account a ON a.id = p.account_id
 WHERE p.shop_id = %(shop_id)s AND p.layer = 0 AND p.effective_date BETWEEN %(first_day)s::date AND %(last_day)s::date
 ORDER BY p.effective_date, p.tx_id, p.seq
