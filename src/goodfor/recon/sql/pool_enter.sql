-- recon: rows of ours without a twin wait for the days to come.
INSERT INTO recon_pool (shop_id, area, account, row_id, day, until, entered_run, left_as)
SELECT %(shop_id)s, %(area)s::text, %(account)s::text, o.id, o.day, o.day + %(pool_days)s::int, %(run_id)s, ''
FROM recon_o o
WHERE o.base AND NOT o.taken AND o.day + %(pool_days)s::int > %(day)s::date
  AND NOT EXISTS (SELECT FROM recon_pairs m WHERE m.ours_id = o.id)
  AND NOT EXISTS (SELECT FROM recon_pool p
                  WHERE p.shop_id = %(shop_id)s AND p.row_id = o.id AND p.left_as <> 'withdrawn')
