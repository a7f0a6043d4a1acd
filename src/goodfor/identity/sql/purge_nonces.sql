-- Drop nonces of all shops whose signatures are too old to be accepted, a batch at a time (platform job; by shop_id).
DELETE FROM identity_nonce n
 USING (SELECT shop_id, client_id, nonce FROM identity_nonce
         WHERE expires_at < %(now)s ORDER BY expires_at LIMIT 5000) old
 WHERE n.shop_id = old.shop_id AND n.client_id = old.client_id AND n.nonce = old.nonce
