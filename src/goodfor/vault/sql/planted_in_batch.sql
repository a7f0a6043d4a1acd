-- vault: how many planted codes lie among the unsold ones of a batch.
SELECT count(*)::bigint
FROM vault_lot l JOIN vault_code c ON c.lot_id = l.id AND c.shop_id = %(shop_id)s AND c.canary AND c.state = 3
WHERE l.shop_id = %(shop_id)s AND l.batch_id = %(batch_id)s
