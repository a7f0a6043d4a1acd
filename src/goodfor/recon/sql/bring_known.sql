-- recon: rows of ours, of any day and account, that bear a number which theirs are left with. `taken`: another day's
-- run has found its twin.
INSERT INTO recon_o
SELECT r.id, r.kind, r.source, r.day, r.at, r.amount_minor, r.amount_rest, r.currency, r.key, r.alt_key, r.fee, r.state,
       r.account, r.post_ref, false,
       EXISTS (SELECT FROM recon_run u JOIN recon_match m ON m.run_id = u.id AND m.ours_id = r.id
               WHERE u.shop_id = %(shop_id)s AND m.shop_id = %(shop_id)s AND u.live AND u.area = %(area)s::text
                 AND u.account = r.account AND u.day BETWEEN r.day - 1 AND r.day + 30)
FROM recon_row r
WHERE r.shop_id = %(shop_id)s AND r.side = 'ours' AND r.live AND r.kind = ANY (%(kinds)s)
  AND r.key = ANY (ARRAY(SELECT DISTINCT t.key FROM recon_t t
                         WHERE t.key <> '' AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id)))
  AND r.key <> '' AND NOT EXISTS (SELECT FROM recon_o o WHERE o.id = r.id)
