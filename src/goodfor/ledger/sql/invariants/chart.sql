-- Accounts that are not in the chart of accounts as they are.
SELECT a.shop_id || '/account/' || a.code, a.type || ', side ' || a.normal_side || CASE WHEN a.guarded THEN ', guarded' ELSE '' END
  FROM ledger_account a
 WHERE NOT EXISTS (SELECT FROM ledger_chart() c WHERE a.code ~ c.pattern AND c.type = a.type
                      AND c.normal_side = a.normal_side AND (a.guarded OR NOT c.guarded))
