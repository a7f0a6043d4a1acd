-- Note that a browser was seen, at most once in ten minutes.
UPDATE identity_buyer_session SET last_seen_at = %(now)s
 WHERE shop_id = %(shop_id)s AND id = %(session_id)s AND revoked_at IS NULL
   AND last_seen_at < %(now)s::timestamptz - interval '10 minutes'
