-- recon: what a channel alone knows. A number that has its twin already is there twice.
INSERT INTO recon_found
SELECT CASE WHEN n > 1 OR known THEN 'C6' ELSE 'C1' END,
       %(account)s::text || ':' || kind || ':' || coalesce(nullif(key, ''), nullif(alt_key, ''), source)
           || CASE WHEN n > 1 OR known THEN ':' || source ELSE '' END,
       NULL, id, abs(amount_minor), jsonb_build_object('unknown', NOT known)
FROM (
    SELECT t.*,
           row_number() OVER (PARTITION BY t.kind, coalesce(nullif(t.key, ''), nullif(t.alt_key, ''), t.source)
                              ORDER BY t.day, t.at, t.id) AS n,
           t.key <> '' AND EXISTS (SELECT FROM recon_o o WHERE o.key = t.key AND o.kind = t.kind) AS known
    FROM recon_t t
    WHERE t.state = 'done' AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id)
) t
