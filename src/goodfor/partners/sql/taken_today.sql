-- Units of a kind that an account has taken (or given) since an instant.
SELECT coalesce(sum(units), 0)::bigint FROM partners_spend
WHERE shop_id = %(shop_id)s AND account_id = %(account_id)s AND at >= %(since)s AND kind = %(kind)s
  AND state IN ('taken', 'done', 'added')
