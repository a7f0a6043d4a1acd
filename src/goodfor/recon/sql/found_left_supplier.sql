-- recon: what a supplier alone says. Charged again under a number that was charged: S4; for nothing we know: S1. Money
-- that came back and that we do not know of is a difference in cost.
INSERT INTO recon_found
SELECT category,
       %(account)s::text || ':' || kind || ':' || coalesce(nullif(key, ''), nullif(alt_key, ''), source)
           || CASE WHEN n > 1 OR known THEN ':' || source ELSE '' END,
       NULL, id, abs(amount_minor), jsonb_build_object('unknown', NOT known)
FROM (
    SELECT t.*, CASE WHEN t.kind <> 'charge' THEN 'S3' WHEN t.n > 1 OR t.known THEN 'S4' ELSE 'S1' END AS category
    FROM (
        SELECT t.*,
               row_number() OVER (PARTITION BY t.kind, coalesce(nullif(t.key, ''), nullif(t.alt_key, ''), t.source)
                                  ORDER BY t.day, t.at, t.id) AS n,
               EXISTS (SELECT FROM recon_o o
                       WHERE o.kind = t.kind AND (t.key <> '' AND o.key = t.key OR t.alt_key <> '' AND o.alt_key = t.alt_key))
                   AS known
        FROM recon_t t
        WHERE t.state = 'done' AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id)
    ) t
) t
