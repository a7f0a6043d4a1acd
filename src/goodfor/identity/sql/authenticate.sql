-- Who holds this API key: the client and its shop, in one read. The only statement on this path that does not know
-- the shop yet: the key id, unique over all shops, is what tells it (c.shop_id).
SELECT c.id, c.shop_id, c.secret_hash,
       CASE WHEN c.previous_valid_until > %(now)s THEN c.previous_secret_hash END,
       c.scopes, c.rate_per_minute, c.wallet_account, s.currency, s.locale,
       c.require_signature, c.signing_algorithm, c.signing_public_key,
       c.signing_secret_key_id, c.signing_secret_blob,
       (c.last_used_at IS NULL OR c.last_used_at < %(now)s::timestamptz - interval '10 minutes')
  FROM identity_api_client c
  JOIN identity_shop s ON s.id = c.shop_id
 WHERE c.key_id = %(key_id)s AND c.active
