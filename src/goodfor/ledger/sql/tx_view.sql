-- One transaction with all its lines.
SELECT t.reference, t.kind, t.currency, t.cause_type, t.cause_id, t.actor, t.effective_at, t.recorded_at, t.reverses_tx,
       p.seq, a.code, p.amount_minor, p.layer, p.order_id, p.sku_id,
       p.supplier_id, p.party_id, p.brand_id, p.campaign_id, coalesce(p.channel, ''), t.rule_version, t.adjustment
  FROM ledger_tx t
  JOIN ledger_posting p ON p.shop_id = t.shop_id AND p.tx_id = t.id
  JOIN ledger_account a ON a.id = p.account_id
 WHERE t.shop_id = %(shop_id)s AND t.id = %(tx_id)s
 ORDER BY p.seq
