-- Roll up, over all shop_id, the accounts that the transactions in [after, upto) touched; reads postings, locks none.
WITH touched AS MATERIALIZED (
  SELECT DISTINCT t.shop_id, p.account_id
    FROM ledger_tx t
    CROSS JOIN LATERAL (SELECT x.account_id FROM ledger_posting x
                         WHERE x.shop_id = t.shop_id AND x.tx_id = t.id OFFSET 0) p
   WHERE t.xid >= %(after)s::xid8 AND t.xid < %(upto)s::xid8
), old AS MATERIALIZED (
  SELECT t.shop_id, t.account_id, l.layer,
         coalesce((SELECT r.upto_xid FROM ledger_rollup r WHERE r.shop_id = t.shop_id AND r.account_id = t.account_id
                      AND r.layer = l.layer), '0') AS upto_xid
    FROM touched t CROSS JOIN (VALUES (0::smallint), (1::smallint)) l(layer)
), fresh AS (
  SELECT o.shop_id, o.account_id, o.layer, s.amount
    FROM old o
    CROSS JOIN LATERAL (SELECT sum(p.amount_minor) AS amount FROM ledger_posting p
                         WHERE p.account_id = o.account_id AND p.xid >= o.upto_xid AND p.xid < %(upto)s::xid8
                           AND p.layer = o.layer) s
   WHERE s.amount IS NOT NULL
)
INSERT INTO ledger_rollup AS r (shop_id, account_id, layer, amount_minor, upto_xid)
SELECT f.shop_id, f.account_id, f.layer, f.amount, %(upto)s::xid8 FROM fresh f
ON CONFLICT (shop_id, account_id, layer)
DO UPDATE SET amount_minor = r.amount_minor + excluded.amount_minor, upto_xid = excluded.upto_xid
