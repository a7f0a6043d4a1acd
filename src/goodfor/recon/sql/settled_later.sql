-- recon: live cases of rows that waited in vain, and that this run has found the twin of after all.
SELECT c.id FROM recon_case c JOIN recon_judged j ON j.ours_id = c.ours_id AND j.agrees
WHERE c.shop_id = %(shop_id)s AND c.area = %(area)s::text AND c.account = %(account)s::text AND c.state <> 'closed'
  AND c.category IN ('C2', 'S2')
