-- finance: everything posted with some orders, oldest first; times in microseconds since 1970.
SELECT p.order_id::text, p.tx_id, p.seq, t.reference, t.kind, a.code, p.amount_minor, p.order_line_id,
       (extract(epoch FROM t.effective_at) * 1000000)::bigint
  FROM ledger_posting p
  JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
  JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id
 WHERE p.shop_id = %(shop_id)s AND p.order_id = ANY(%(ids)s::uuid[]) AND p.layer = 0
 ORDER BY p.order_id, p.tx_id, p.seq
