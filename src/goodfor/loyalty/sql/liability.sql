-- What moved within a period by kind of wallet and of movement, and before it: units and what the books owe for them.
SELECT w.kind, e.at < %(since)s, e.kind, sum(e.units)::bigint, sum(e.minor)::bigint
FROM loyalty_entry e JOIN loyalty_wallet w ON w.shop_id = e.shop_id AND w.id = e.wallet_id
WHERE e.shop_id = %(shop_id)s AND e.at < %(until)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
