-- Points of an account's people that went, or may go, into exchanges since an instant.
SELECT coalesce(sum(units), 0)::bigint FROM partners_exchange
WHERE shop_id = %(shop_id)s AND account_id = %(account_id)s AND at >= %(since)s
  AND state IN ('asked', 'taken', 'ordered', 'done')
