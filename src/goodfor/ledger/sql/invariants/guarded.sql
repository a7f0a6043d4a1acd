-- Guarded accounts whose running balance is not the sum of their postings, or below its floor; balances of no such account.
WITH stored AS (
  SELECT shop_id, account_id, sum(posted_minor) AS posted, sum(pending_out_minor) AS held, count(*) AS slices,
         bool_or(posted_minor - pending_out_minor < floor_minor OR pending_out_minor < 0) AS below
    FROM ledger_balance GROUP BY shop_id, account_id
), summed AS (
  SELECT a.shop_id, a.id AS account_id,
         coalesce(sum(p.amount_minor * a.normal_side) FILTER (WHERE p.layer = 0), 0) AS posted,
         coalesce(-sum(p.amount_minor * a.normal_side) FILTER (WHERE p.layer = 1), 0) AS held
    FROM ledger_account a LEFT JOIN ledger_posting p ON p.account_id = a.id WHERE a.guarded GROUP BY a.shop_id, a.id
)
SELECT coalesce(m.shop_id, s.shop_id) || '/account/' || coalesce(a.code, account_id::text),
       'balance ' || coalesce(s.posted::text, 'none') || ' held ' || coalesce(s.held::text, 'none') || ', postings '
       || coalesce(m.posted::text, 'none') || ' held ' || coalesce(m.held::text, 'none')
       || CASE WHEN s.below THEN ', below floor' ELSE '' END
  FROM summed m FULL JOIN stored s USING (account_id) LEFT JOIN ledger_account a ON a.id = account_id
 WHERE s.posted IS DISTINCT FROM m.posted OR s.held IS DISTINCT FROM m.held OR s.below OR s.shop_id <> m.shop_id
    OR s.slices <> a.slices
