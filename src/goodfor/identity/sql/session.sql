-- Whose browser this is: a session that was neither ended nor forgotten.
SELECT b.id, s.id, b.name, b.locale, b.state, s.proved_at, b.erase_at,
       s.last_seen_at < %(now)s::timestamptz - interval '10 minutes', s.device_hash
  FROM identity_buyer_session s
  JOIN identity_buyer b ON b.shop_id = s.shop_id AND b.id = s.buyer_id
 WHERE s.shop_id = %(shop_id)s AND s.token_hash = %(token_hash)s
   AND s.revoked_at IS NULL AND s.expires_at > %(now)s AND s.last_seen_at > %(now)s::timestamptz - %(idle)s::interval
   AND b.state <> 'erased'
