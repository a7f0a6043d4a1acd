-- vault: delete some staged codes of a cancelled batch.
DELETE FROM vault_code
WHERE shop_id = %(shop_id)s AND id IN (
    SELECT c.id
    FROM vault_lot l
    CROSS JOIN LATERAL (
        SELECT id FROM vault_code WHERE lot_id = l.id AND state = 0 AND shop_id = %(shop_id)s LIMIT %(limit)s::bigint
    ) c
    WHERE l.shop_id = %(shop_id)s AND l.batch_id = %(batch_id)s AND l.state = 'staged'
    LIMIT %(limit)s::bigint
)
