-- vault: how many quarantined codes of a batch were never sold.
SELECT count(*)::bigint
FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id AND l.shop_id = %(shop_id)s AND l.batch_id = %(batch_id)s
WHERE c.shop_id = %(shop_id)s AND c.id BETWEEN %(first_id)s AND %(last_id)s AND c.state = 3 AND c.sold_at IS NULL
