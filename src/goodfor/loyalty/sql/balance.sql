-- What somebody holds of a kind: to be spent now, later, and what is owed. What has ended counts as gone.
SELECT coalesce(sum(l.remaining) FILTER (WHERE l.available_at <= %(now)s), 0)::bigint,
       coalesce(sum(l.remaining) FILTER (WHERE l.available_at > %(now)s), 0)::bigint, w.debt
FROM loyalty_wallet w
LEFT JOIN loyalty_lot l ON l.shop_id = w.shop_id AND l.wallet_id = w.id AND l.remaining > 0
     AND (l.expires_at IS NULL OR l.expires_at > %(now)s)
WHERE w.shop_id = %(shop_id)s AND w.owner = %(owner)s AND w.kind = %(kind)s AND w.scope = %(scope)s
GROUP BY w.id
