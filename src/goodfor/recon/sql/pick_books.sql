-- recon: what the books say of the day.
INSERT INTO recon_b
SELECT r.id, r.key, r.amount_minor
FROM recon_row r
WHERE r.shop_id = %(shop_id)s AND r.side = 'books' AND r.account = %(account)s::text AND r.day = %(day)s AND r.live
  AND r.kind = ANY (%(kinds)s)
