-- recon: what each pair means for an account with a supplier. A day's shift means nothing there.
INSERT INTO recon_judged
SELECT theirs_id, ours_id, by, verdict, verdict IS NULL OR verdict = 'S5'
FROM (
    SELECT p.theirs_id, p.ours_id, p.by,
           CASE WHEN t.state <> 'done' AND o.state NOT IN ('done', 'extra', 'late') THEN NULL
                WHEN o.state NOT IN ('done', 'extra', 'late') THEN 'S1'
                WHEN t.currency <> o.currency OR t.state <> 'done'
                     OR (t.amount_minor, t.amount_rest) <> (o.amount_minor, o.amount_rest) THEN 'S3'
                WHEN o.state = 'late' THEN 'S5' END AS verdict
    FROM recon_pairs p JOIN recon_t t ON t.id = p.theirs_id JOIN recon_o o ON o.id = p.ours_id
) judged
