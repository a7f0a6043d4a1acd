-- recon: numbers of theirs that nothing of ours was found for yet: (ours, theirs).
SELECT DISTINCT t.key, t.alt_key
FROM recon_t t
WHERE (t.key <> '' OR t.alt_key <> '') AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id)
