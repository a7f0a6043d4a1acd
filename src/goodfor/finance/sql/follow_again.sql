-- finance: orders that a party has a share of and that a channel has split are looked at anew.
INSERT INTO finance_stuck (order_id, shop_id, problem, tries, since, next_at)
SELECT DISTINCT s.order_id, s.shop_id, 'receiver', 0, %(now)s::timestamptz, %(now)s::timestamptz
  FROM finance_share s
 WHERE s.shop_id = %(shop_id)s AND s.party_id = %(party_id)s
   AND EXISTS (SELECT FROM ledger_posting p JOIN ledger_tx t ON t.shop_id = p.shop_id AND t.id = p.tx_id
                WHERE p.shop_id = s.shop_id AND p.order_id = s.order_id AND t.kind = 'split')
ON CONFLICT (order_id) DO NOTHING
