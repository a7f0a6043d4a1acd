-- cards: what of a shop waits for a second person.
SELECT (SELECT count(*) FROM cards_walk WHERE shop_id = %(shop_id)s AND state = 'asked')
     + (SELECT count(*) FROM cards_batch WHERE shop_id = %(shop_id)s AND asked_by <> '' AND allowed_by = '')
