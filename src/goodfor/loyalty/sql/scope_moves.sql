-- What moved within a period in the wallets of one kind and scope, by movement, and before it: units and their worth.
SELECT e.at < %(since)s, e.kind, sum(e.units)::bigint, sum(e.minor)::bigint
FROM loyalty_wallet w JOIN loyalty_entry e ON e.shop_id = w.shop_id AND e.wallet_id = w.id
WHERE w.shop_id = %(shop_id)s AND w.kind = %(kind)s AND w.scope = %(scope)s AND e.at < %(until)s
GROUP BY 1, 2 ORDER BY 1, 2
