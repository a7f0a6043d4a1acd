-- One more touch; the first within an hour is told.
UPDATE risk_honeypot h SET met = h.met + 1, met_at = greatest(h.met_at, %(now)s)
FROM (SELECT id, met_at FROM risk_honeypot WHERE shop_id = %(shop_id)s AND id = %(id)s FOR NO KEY UPDATE) before
WHERE h.shop_id = %(shop_id)s AND h.id = before.id
RETURNING h.id, h.batch, before.met_at IS NULL OR before.met_at < %(now)s::timestamptz - interval '1 hour'
