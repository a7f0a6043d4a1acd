-- A page of a statement's items in the order of the books, after (tx_id, seq).
SELECT l.tx_id, l.seq, i.what, i.kind, i.reference, l.amount_minor, i.order_id, i.sku_id, i.effective_at
  FROM settlement_line l
  JOIN settlement_item i ON i.shop_id = l.shop_id AND i.tx_id = l.tx_id AND i.seq = l.seq
 WHERE l.shop_id = %(shop_id)s AND l.statement_id = %(statement_id)s
   AND (l.tx_id, l.seq) > (%(tx_id)s::bigint, %(seq)s::smallint)
 ORDER BY l.tx_id, l.seq
 LIMIT %(limit)s
