-- A try that was right does not count.
UPDATE identity_door
   SET tries = greatest(tries - 1, 0), open_at = CASE WHEN tries <= %(free)s THEN NULL ELSE open_at END
 WHERE shop_id = %(shop_id)s AND scope = %(scope)s AND subject_hash = %(subject_hash)s
