-- vault: codes that are reserved for a holder, in the order of the file.
SELECT id FROM vault_code WHERE shop_id = %(shop_id)s AND holder_id = %(holder_id)s AND state = 1 ORDER BY id
