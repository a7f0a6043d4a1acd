-- recon: fees that are not what the rate says, row by row.
INSERT INTO recon_found
SELECT 'C5', %(account)s::text || ':' || t.kind || ':' || coalesce(nullif(t.key, ''), nullif(t.alt_key, ''), t.source)
           || ':' || t.source,
       j.ours_id, j.theirs_id, ceil(abs(t.fee - o.fee) * %(units)s)::bigint,
       jsonb_build_object('fee', t.fee::text, 'expected', o.fee::text)
FROM recon_judged j JOIN recon_t t ON t.id = j.theirs_id JOIN recon_o o ON o.id = j.ours_id
WHERE j.agrees AND t.state = 'done' AND t.fee IS NOT NULL AND o.fee IS NOT NULL
  AND abs(t.fee - o.fee) > %(tolerance)s::numeric
