-- recon: rows of other days that met their twin here need not wait when their own day is compared.
INSERT INTO recon_pool (shop_id, area, account, row_id, day, until, entered_run, left_as, left_run)
SELECT %(shop_id)s, %(area)s::text, o.account, o.id, o.day, o.day, %(run_id)s, 'matched', %(run_id)s
FROM recon_pairs m JOIN recon_o o ON o.id = m.ours_id
WHERE NOT o.base AND NOT EXISTS (SELECT FROM recon_pool p
                                 WHERE p.shop_id = %(shop_id)s AND p.row_id = o.id AND p.left_as <> 'withdrawn')
