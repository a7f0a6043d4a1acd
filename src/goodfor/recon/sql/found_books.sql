-- recon: references that the books have and nobody else knows of.
INSERT INTO recon_found
SELECT 'C10', %(account)s::text || ':' || x.ref, NULL, NULL, abs(x.amount),
       jsonb_build_object('reference', x.ref, 'want_minor', NULL, 'have_minor', x.amount)
FROM unnest(%(refs)s::text[], %(amounts)s::bigint[]) AS x (ref, amount)
