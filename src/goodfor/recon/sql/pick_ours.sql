-- recon: what we say of the day and what waits of the days before; not what a later day has found already.
INSERT INTO recon_o
SELECT r.id, r.kind, r.source, r.day, r.at, r.amount_minor, r.amount_rest, r.currency, r.key, r.alt_key, r.fee, r.state,
       r.account, r.post_ref, true, false
FROM recon_row r
WHERE r.shop_id = %(shop_id)s AND r.side = 'ours' AND r.account = %(account)s::text AND r.day = %(day)s AND r.live
  AND r.kind = ANY (%(kinds)s) AND r.state IN ('done', 'extra', 'late')
  AND NOT EXISTS (SELECT FROM recon_pool p
                  WHERE p.shop_id = %(shop_id)s AND p.row_id = r.id AND p.left_as IN ('matched', 'overdue'))
UNION ALL
SELECT r.id, r.kind, r.source, r.day, r.at, r.amount_minor, r.amount_rest, r.currency, r.key, r.alt_key, r.fee, r.state,
       r.account, r.post_ref, true, false
FROM recon_pool p JOIN recon_row r ON r.id = p.row_id AND r.shop_id = p.shop_id AND r.live
WHERE p.shop_id = %(shop_id)s AND p.area = %(area)s::text AND p.account = %(account)s::text AND p.left_as = ''
  AND p.day < %(day)s AND p.until >= %(day)s
