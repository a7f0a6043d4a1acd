-- What a guarded account can still give: posted, less held, down to the floor; all its slices together.
SELECT a.guarded, sum(b.posted_minor - b.pending_out_minor - b.floor_minor)::bigint
  FROM ledger_account a
  LEFT JOIN ledger_balance b ON b.shop_id = a.shop_id AND b.account_id = a.id
 WHERE a.shop_id = %(shop_id)s AND a.code = %(code)s AND (%(currency)s::text IS NULL OR a.currency = %(currency)s)
 GROUP BY a.id, a.guarded
