-- Whoever gets a row back may fetch a new access token; the others wait for it. `stale` is the token that was refused.
INSERT INTO notify_token (account_id, shop_id, fetching_until, fetched)
VALUES (%(account_id)s, %(shop_id)s, %(until)s, 0)
ON CONFLICT (account_id) DO UPDATE SET fetching_until = excluded.fetching_until
WHERE notify_token.shop_id = %(shop_id)s
  AND (notify_token.fetching_until IS NULL OR notify_token.fetching_until <= %(now)s)
  AND (notify_token.expires_at IS NULL OR notify_token.expires_at <= %(now)s OR notify_token.fetched = %(stale)s)
RETURNING fetched
