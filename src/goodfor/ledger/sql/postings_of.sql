-- A page of the posted lines of some accounts in the order in which they can be followed, after a position; only what
-- can no longer be joined by anything earlier.
WITH account AS MATERIALIZED (
  SELECT a.id, a.code, a.currency FROM ledger_account a
   WHERE a.shop_id = %(shop_id)s
     AND (a.code = ANY (%(codes)s::text[]) OR EXISTS (SELECT FROM unnest(%(prefixes)s::text[]) x WHERE starts_with(a.code, x)))
)
SELECT p.tx_id, p.seq, a.code, a.currency, p.amount_minor, p.order_id, p.order_line_id, p.sku_id,
       p.supplier_id, p.party_id, p.brand_id, p.campaign_id, coalesce(p.channel, ''), t.effective_at, t.recorded_at,
       p.xid::text, t.reference, t.kind
  FROM account a
  CROSS JOIN LATERAL (
    SELECT * FROM ledger_posting x
     WHERE x.account_id = a.id AND x.layer = 0 AND x.xid < least(pg_snapshot_xmin(pg_current_snapshot()), %(upto)s::xid8)
       AND (x.xid, x.tx_id) >= (%(xid)s::xid8, %(tx_id)s::bigint)
       AND ((x.xid, x.tx_id) > (%(xid)s::xid8, %(tx_id)s::bigint) OR x.seq > %(seq)s::integer)
     ORDER BY x.xid, x.tx_id, x.seq LIMIT %(limit)s) p
  JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
 ORDER BY p.xid, p.tx_id, p.seq
 LIMIT %(limit)s
