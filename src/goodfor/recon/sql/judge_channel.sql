-- recon: what each pair means for an account at a channel, a split or a wallet (finance reference 4.2). `agrees`: it is
-- a match; what else is to be said of it is said beside.
INSERT INTO recon_judged
SELECT theirs_id, ours_id, by, verdict, verdict IS NULL OR verdict IN ('C6', 'C7')
FROM (
    SELECT p.theirs_id, p.ours_id, p.by,
           CASE WHEN t.currency <> o.currency OR t.account <> o.account THEN 'C8'
                WHEN t.state <> 'done' AND o.state NOT IN ('done', 'extra', 'late') THEN NULL
                WHEN o.state NOT IN ('done', 'extra', 'late') THEN CASE WHEN t.kind = 'payment' THEN 'C1' ELSE 'C4' END
                WHEN t.state <> 'done' THEN 'C4'
                WHEN (t.amount_minor, t.amount_rest) <> (o.amount_minor, o.amount_rest) THEN 'C3'
                WHEN o.state = 'extra' THEN 'C6'
                WHEN t.day <> o.day THEN 'C7' END AS verdict
    FROM recon_pairs p JOIN recon_t t ON t.id = p.theirs_id JOIN recon_o o ON o.id = p.ours_id
) judged
