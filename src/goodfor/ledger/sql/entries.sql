-- A page of the transactions that moved an account (posted lines only, one row each), newest first, before a transaction.
SELECT p.tx_id, min(t.kind), min(t.reference), sum(p.amount_minor)::bigint, (array_agg(p.order_id))[1], min(t.effective_at)
  FROM ledger_account a
  JOIN ledger_posting p ON p.account_id = a.id
  JOIN ledger_tx t ON t.id = p.tx_id
 WHERE a.shop_id = %(shop_id)s AND a.code = %(code)s AND (%(currency)s::text IS NULL OR a.currency = %(currency)s)
   AND p.layer = 0 AND (p.xid, p.tx_id) < (%(xid)s::xid8, %(before)s::bigint)
 GROUP BY p.xid, p.tx_id
 ORDER BY p.xid DESC, p.tx_id DESC
 LIMIT %(limit)s
