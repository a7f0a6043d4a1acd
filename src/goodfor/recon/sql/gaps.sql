-- recon: matched rows that the books of that day do not have under their reference, to the fen.
INSERT INTO recon_gap
SELECT j.ours_id, j.theirs_id, o.post_ref, o.amount_minor
FROM recon_judged j
JOIN recon_o o ON o.id = j.ours_id
LEFT JOIN (SELECT key, sum(amount_minor) AS have FROM recon_b GROUP BY key) b ON b.key = o.post_ref
WHERE j.agrees AND o.post_ref <> '' AND o.state IN ('done', 'extra', 'late') AND b.have IS DISTINCT FROM o.amount_minor
