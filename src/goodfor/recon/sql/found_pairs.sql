-- recon: differences of pairs.
INSERT INTO recon_found
SELECT j.verdict,
       %(account)s::text || ':' || t.kind || ':' || coalesce(nullif(t.key, ''), nullif(t.alt_key, ''), t.source)
           || CASE WHEN row_number() OVER (PARTITION BY j.verdict, t.kind, coalesce(nullif(t.key, ''), nullif(t.alt_key, ''),
                       t.source) ORDER BY t.id) = 1 THEN '' ELSE ':' || t.source END,
       j.ours_id, j.theirs_id,
       CASE WHEN j.verdict IN ('C3', 'S3') AND t.currency = o.currency THEN abs(t.amount_minor - o.amount_minor)
            WHEN j.verdict = 'C7' THEN 0
            ELSE greatest(abs(t.amount_minor), abs(o.amount_minor)) END,
       jsonb_build_object('by', j.by)
FROM recon_judged j JOIN recon_t t ON t.id = j.theirs_id JOIN recon_o o ON o.id = j.ours_id
WHERE j.verdict IS NOT NULL
