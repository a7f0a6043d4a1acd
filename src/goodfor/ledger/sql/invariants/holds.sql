-- Holds neither settled nor voided after a day.
SELECT t.shop_id || '/tx/' || t.id, t.kind || ' since ' || t.recorded_at
  FROM ledger_tx t
 WHERE t.settles_tx IS NULL AND t.recorded_at < %(now)s::timestamptz - interval '1 day'
   AND EXISTS (SELECT FROM ledger_posting p WHERE p.shop_id = t.shop_id AND p.tx_id = t.id AND p.layer = 1)
   AND NOT EXISTS (SELECT FROM ledger_tx s WHERE s.shop_id = t.shop_id AND s.settles_tx = t.id)
