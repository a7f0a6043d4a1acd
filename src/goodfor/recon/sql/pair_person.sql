-- recon: pass 0: a person said so.
INSERT INTO recon_pairs
SELECT t.id, o.id, 'person'
FROM recon_pairing g
JOIN recon_t t ON t.source = g.theirs_source
JOIN recon_o o ON o.source = g.ours_source AND NOT o.taken
WHERE g.shop_id = %(shop_id)s AND g.area = %(area)s::text AND g.account = %(account)s::text
  AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id OR p.ours_id = o.id)
