-- Every posting that bears an order, oldest first.
SELECT p.tx_id, t.reference, t.kind, a.code, p.amount_minor, a.currency, p.layer, p.order_line_id, p.sku_id, t.effective_at,
       p.campaign_id
  FROM ledger_posting p
  JOIN ledger_tx t ON t.id = p.tx_id
  JOIN ledger_account a ON a.id = p.account_id
 WHERE p.order_id = %(order_id)s AND p.shop_id = %(shop_id)s
 ORDER BY p.tx_id, p.seq
