-- The header and the lines of one transaction in one layer (layer 1 of a hold, layer 0 for a reversal).
SELECT t.currency, t.kind, t.cause_type, t.cause_id,
       t.settles_tx IS NULL AND p.layer = 1 AS is_hold, a.code, p.amount_minor, p.order_id, p.order_line_id, p.sku_id,
       p.supplier_id, p.party_id, p.brand_id, p.campaign_id, coalesce(p.channel, ''), t.rule_version
  FROM ledger_tx t
  JOIN ledger_posting p ON p.shop_id = t.shop_id AND p.tx_id = t.id
  JOIN ledger_account a ON a.id = p.account_id
 WHERE t.shop_id = %(shop_id)s AND t.id = %(tx_id)s AND p.layer = %(layer)s
 ORDER BY p.seq
