-- recon: a run is replaced: rows that it made wait are taken out, rows that it found or gave up wait again.
UPDATE recon_pool p
SET left_as = CASE WHEN p.entered_run = ANY (%(runs)s) THEN 'withdrawn' ELSE '' END,
    left_run = CASE WHEN p.entered_run = ANY (%(runs)s) THEN p.entered_run END
WHERE p.shop_id = %(shop_id)s
  AND (p.entered_run = ANY (%(runs)s) AND p.left_as = '' OR p.left_run = ANY (%(runs)s) AND p.left_as IN ('matched', 'overdue'))
