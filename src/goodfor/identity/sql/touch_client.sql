-- Note that a client was seen, at most once in ten minutes.
UPDATE identity_api_client
   SET last_used_at = %(now)s
 WHERE shop_id = %(shop_id)s AND id = %(client_id)s
   AND (last_used_at IS NULL OR last_used_at < %(now)s::timestamptz - interval '10 minutes')
