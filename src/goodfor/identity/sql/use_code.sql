-- One guess at a one-time code: counted and compared in one step, so that of many at once one is right and five are all.
UPDATE identity_code
   SET guesses = guesses + 1, used_at = CASE WHEN code_hash = %(code_hash)s THEN %(now)s::timestamptz END
 WHERE shop_id = %(shop_id)s AND id = %(code_id)s AND purpose = %(purpose)s
   AND (%(buyer_id)s::uuid IS NULL OR buyer_id = %(buyer_id)s)
   AND used_at IS NULL AND expires_at > %(now)s AND guesses < 5
RETURNING used_at IS NOT NULL, kind, value_key_id, value_blob, value_index
