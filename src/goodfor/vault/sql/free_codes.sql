-- Some codes of a batch that can still be sold.
SELECT code.id FROM vault_lot lot JOIN vault_code code ON code.lot_id = lot.id AND code.shop_id = lot.shop_id
 WHERE lot.shop_id = %(shop_id)s AND code.shop_id = %(shop_id)s AND lot.batch_id = %(batch_id)s AND code.state = 0
 ORDER BY code.id LIMIT %(limit)s
