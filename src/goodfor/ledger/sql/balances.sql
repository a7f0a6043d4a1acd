-- Balances on their natural side: rolled-up sum plus the postings since, in one statement and so in one snapshot.
SELECT a.code, a.type, a.normal_side, a.currency,
       (a.normal_side * (coalesce(r.amount_minor, 0) + coalesce((
          SELECT sum(p.amount_minor) FROM ledger_posting p
           WHERE p.account_id = a.id AND p.layer = 0 AND p.xid >= coalesce(r.upto_xid, '0')), 0)))::bigint AS posted
  FROM ledger_account a
  LEFT JOIN ledger_rollup r ON r.shop_id = a.shop_id AND r.account_id = a.id AND r.layer = 0
 WHERE a.shop_id = %(shop_id)s AND a.code >= %(first)s AND a.code < %(end)s
   AND (%(currency)s::text IS NULL OR a.currency = %(currency)s)
 ORDER BY a.code, a.currency
