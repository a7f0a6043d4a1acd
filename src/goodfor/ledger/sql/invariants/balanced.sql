-- Transactions whose layers do not sum to zero, or that have no postings, and postings of no transaction.
SELECT p.shop_id || '/tx/' || p.tx_id, 'layer ' || p.layer || ': sum ' || sum(p.amount_minor) || ' of ' || count(*)
  FROM ledger_posting p GROUP BY p.shop_id, p.tx_id, p.layer HAVING sum(p.amount_minor) <> 0 OR count(*) < 2
UNION ALL
SELECT t.shop_id || '/tx/' || t.id, 'no postings' FROM ledger_tx t
 WHERE NOT EXISTS (SELECT FROM ledger_posting p WHERE p.shop_id = t.shop_id AND p.tx_id = t.id)
UNION ALL
SELECT p.shop_id || '/tx/' || p.tx_id, 'posting ' || p.seq || ' of no transaction' FROM ledger_posting p
 WHERE NOT EXISTS (SELECT FROM ledger_tx t WHERE t.id = p.tx_id AND t.shop_id = p.shop_id)
