-- recon: pass 3: rows of one kind and amount, close in time, each the only one for the other: a person may say that
-- they belong together. (theirs, ours, source of ours, seconds between)
WITH near AS (
    SELECT t.id AS theirs_id, o.id AS ours_id, o.source, abs(extract(epoch FROM t.at - o.at)) AS apart,
           count(*) OVER (PARTITION BY t.id) AS of_theirs, count(*) OVER (PARTITION BY o.id) AS of_ours
    FROM recon_t t
    JOIN recon_o o ON o.kind = t.kind AND o.amount_minor = t.amount_minor AND o.amount_rest = t.amount_rest
         AND o.currency = t.currency AND o.at BETWEEN t.at - %(near)s::interval AND t.at + %(near)s::interval
    WHERE t.state = 'done' AND o.base AND NOT o.taken
      AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id)
      AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.ours_id = o.id)
)
SELECT theirs_id, ours_id, source, apart::int FROM near WHERE of_theirs = 1 AND of_ours = 1
