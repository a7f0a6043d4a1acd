-- A page of an account's lines, newest first, after the cursor (xid, tx_id, seq).
SELECT p.tx_id, p.seq, t.reference, t.kind, (p.amount_minor * a.normal_side)::bigint, p.layer, t.effective_at,
       t.recorded_at, p.order_id, p.xid::text
  FROM ledger_account a
  JOIN ledger_posting p ON p.account_id = a.id
  JOIN ledger_tx t ON t.id = p.tx_id
 WHERE a.shop_id = %(shop_id)s AND a.code = %(code)s AND a.currency = %(currency)s
   AND (p.xid, p.tx_id) <= (%(xid)s::xid8, %(tx_id)s::bigint)
   AND ((p.xid, p.tx_id) < (%(xid)s::xid8, %(tx_id)s::bigint) OR p.seq < %(seq)s)
 ORDER BY p.xid DESC, p.tx_id DESC, p.seq DESC
 LIMIT %(limit)s
