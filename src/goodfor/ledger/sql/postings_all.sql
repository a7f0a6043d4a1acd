-- A page of all posted lines of a shop in the order in which they can be followed, after a position; only what can no
-- longer be joined by anything earlier.
SELECT p.tx_id, p.seq, a.code, a.currency, p.amount_minor, p.order_id, p.order_line_id, p.sku_id,
       p.supplier_id, p.party_id, p.brand_id, p.campaign_id, coalesce(p.channel, ''), t.effective_at, t.recorded_at,
       p.xid::text, t.reference, t.kind
  FROM ledger_tx t
  CROSS JOIN LATERAL (
    SELECT * FROM ledger_posting x
     WHERE x.shop_id = t.shop_id AND x.tx_id = t.id AND x.layer = 0
       AND ((t.xid, t.id) > (%(xid)s::xid8, %(tx_id)s::bigint) OR x.seq > %(seq)s::integer)
     OFFSET 0) p
  JOIN ledger_account a ON a.id = p.account_id
 WHERE t.shop_id = %(shop_id)s AND t.xid >= %(xid)s::xid8
   AND t.xid < least(pg_snapshot_xmin(pg_current_snapshot()), %(upto)s::xid8)
   AND (t.xid, t.id) >= (%(xid)s::xid8, %(tx_id)s::bigint)
 ORDER BY t.xid, t.id, p.seq
 LIMIT %(limit)s
