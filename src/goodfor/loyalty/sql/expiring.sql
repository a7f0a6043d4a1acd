-- What of a wallet ends when, the first first.
SELECT l.expires_at, sum(l.remaining)::bigint
FROM loyalty_wallet w
JOIN loyalty_lot l ON l.shop_id = w.shop_id AND l.wallet_id = w.id
WHERE w.shop_id = %(shop_id)s AND w.owner = %(owner)s AND w.kind = %(kind)s AND w.scope = %(scope)s
  AND l.remaining > 0 AND l.expires_at > %(now)s AND l.expires_at <= %(until)s
GROUP BY l.expires_at ORDER BY l.expires_at LIMIT 50
