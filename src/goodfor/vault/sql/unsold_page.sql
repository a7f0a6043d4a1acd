-- vault: sealed codes of a batch that nobody bought, a page of them after an id: (id, SKU, key, blob, expiry). Planted
-- ones are among them, and nothing tells them apart.
SELECT c.id, c.sku_id, c.key_id, c.blob, l.expires_at
FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s AND l.batch_id = %(batch_id)s
WHERE c.shop_id = %(shop_id)s AND c.id > %(after)s AND c.id <= %(last_id)s
  AND (c.state = 0 OR c.canary AND c.state = 3)
ORDER BY c.id LIMIT %(limit)s::bigint
