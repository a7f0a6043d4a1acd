-- A browser comes back: once, in time, and only with what it was sent away with.
DELETE FROM identity_ceremony
 WHERE shop_id = %(shop_id)s AND id = %(ceremony_id)s AND kind = %(kind)s
   AND (%(any_buyer)s OR buyer_id = %(buyer_id)s::uuid)
RETURNING payload_key_id, payload_blob, expires_at > %(now)s, buyer_id
