-- recon: what only we know, and nobody can be waited for any longer.
INSERT INTO recon_found
SELECT %(category)s::text, %(account)s::text || ':' || o.kind || ':' || coalesce(nullif(o.key, ''), o.source) || ':' || o.source,
       o.id, NULL, abs(o.amount_minor), jsonb_build_object('since', o.day)
FROM recon_o o
WHERE o.base AND NOT o.taken AND o.day + %(pool_days)s::int <= %(day)s::date
  AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.ours_id = o.id)
