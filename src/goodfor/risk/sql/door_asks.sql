-- What the breaker of a batch asks for now.
SELECT coalesce(max(b.cost), 0) FROM risk_door_breaker b
WHERE b.shop_id = %(shop_id)s AND b.door = %(door)s AND b.scope = %(scope)s AND b.open_until > %(now)s
