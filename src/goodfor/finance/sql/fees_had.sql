-- finance: what suppliers have borne of channels' fees so far: (order, accrued account, amount).
SELECT p.order_id, a.code, sum(p.amount_minor)::bigint
  FROM ledger_posting p
  JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id AND t.kind = 'finance.fee'
  JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id AND a.code LIKE '2202:supplier:%%'
 WHERE p.shop_id = %(shop_id)s AND p.order_id = ANY(%(ids)s::uuid[]) AND p.layer = 0
 GROUP BY 1, 2
