-- Transactions reversed or settled more than once, or not exactly.
SELECT t.shop_id || '/tx/' || coalesce(t.reverses_tx, t.settles_tx), 'undone ' || count(*) || ' times'
  FROM ledger_tx t WHERE t.reverses_tx IS NOT NULL OR t.settles_tx IS NOT NULL
 GROUP BY t.shop_id, coalesce(t.reverses_tx, t.settles_tx), t.reverses_tx IS NULL HAVING count(*) > 1
UNION ALL
SELECT t.shop_id || '/tx/' || t.id, 'does not undo ' || coalesce(t.reverses_tx, t.settles_tx)
  FROM ledger_tx t
 WHERE (t.reverses_tx IS NOT NULL OR t.settles_tx IS NOT NULL)
   AND EXISTS (SELECT FROM ledger_posting p
                WHERE p.shop_id = t.shop_id AND p.tx_id IN (t.id, coalesce(t.settles_tx, t.reverses_tx))
                  AND p.layer = CASE WHEN t.settles_tx IS NULL THEN 0 ELSE 1 END
                GROUP BY p.account_id HAVING sum(p.amount_minor) <> 0)
