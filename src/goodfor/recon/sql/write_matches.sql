-- recon: the pairs of a run that are matches.
INSERT INTO recon_match (run_id, shop_id, ours_id, theirs_id, by)
SELECT %(run_id)s, %(shop_id)s, ours_id, theirs_id, by FROM recon_judged WHERE agrees
