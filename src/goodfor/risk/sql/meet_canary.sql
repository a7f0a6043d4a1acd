-- Seen outside; the first time within an hour is told.
UPDATE risk_canary c SET met = c.met + 1, met_at = greatest(c.met_at, %(now)s), place = %(place)s
FROM (SELECT id, met_at FROM risk_canary
      WHERE shop_id = %(shop_id)s AND fingerprint = %(fingerprint)s AND retired_at IS NULL FOR NO KEY UPDATE) before
WHERE c.shop_id = %(shop_id)s AND c.id = before.id
RETURNING c.id, c.sku_id, before.met_at IS NULL OR before.met_at < %(now)s::timestamptz - interval '1 hour'
