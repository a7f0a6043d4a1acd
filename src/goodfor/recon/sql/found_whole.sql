-- recon: something is wrong with an account's day as a whole.
INSERT INTO recon_found
SELECT %(category)s::text, %(account)s::text || ':' || %(day)s::date || ':' || %(what)s::text, NULL, NULL, %(risk)s::bigint,
       %(detail)s::jsonb
