-- Rollups that differ from the sum of the postings below their watermark (then rollup and tail do not make the balance).
SELECT r.shop_id || '/account/' || r.account_id || '/' || r.layer,
       'rollup ' || r.amount_minor || ', postings ' || coalesce(s.amount::text, '0')
  FROM ledger_rollup r
  LEFT JOIN LATERAL (SELECT sum(p.amount_minor) AS amount FROM ledger_posting p
                      WHERE p.account_id = r.account_id AND p.layer = r.layer AND p.xid < r.upto_xid) s ON true
 WHERE r.amount_minor <> coalesce(s.amount, 0)
