-- recon: rows that waited and have met their twin, or can wait no longer.
UPDATE recon_pool p
SET left_as = CASE WHEN EXISTS (SELECT FROM recon_pairs m WHERE m.ours_id = p.row_id) THEN 'matched' ELSE 'overdue' END,
    left_run = %(run_id)s
FROM recon_o o
WHERE p.shop_id = %(shop_id)s AND p.left_as = '' AND o.id = p.row_id
  AND (EXISTS (SELECT FROM recon_pairs m WHERE m.ours_id = p.row_id)
       OR p.area = %(area)s::text AND p.account = %(account)s::text AND p.until <= %(day)s)
