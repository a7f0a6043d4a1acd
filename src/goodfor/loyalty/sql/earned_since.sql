-- What orders brought a wallet since an instant.
SELECT coalesce(sum(units), 0)::bigint FROM loyalty_entry
WHERE shop_id = %(shop_id)s AND wallet_id = %(wallet_id)s AND kind = 'earn' AND source_kind = 'order' AND at >= %(since)s
