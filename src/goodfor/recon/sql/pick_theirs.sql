-- recon: what the other side says of the day.
INSERT INTO recon_t
SELECT r.id, r.kind, r.source, r.day, r.at, r.amount_minor, r.amount_rest, r.currency, r.key, r.alt_key, r.fee, r.state,
       r.account
FROM recon_row r
WHERE r.shop_id = %(shop_id)s AND r.side = %(side)s::text AND r.account = %(account)s::text AND r.day = %(day)s AND r.live
  AND r.kind = ANY (%(kinds)s)
