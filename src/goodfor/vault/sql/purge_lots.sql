-- vault: delete the staged lots of a cancelled batch once their codes are gone.
DELETE FROM vault_lot l
WHERE l.shop_id = %(shop_id)s AND l.batch_id = %(batch_id)s AND l.state = 'staged'
  AND NOT EXISTS (SELECT 1 FROM vault_code c WHERE c.lot_id = l.id AND c.state = 0)
