-- recon: references of the books' day that no row of ours among those compared bears.
SELECT b.key, sum(b.amount_minor)::bigint
FROM recon_b b
WHERE NOT EXISTS (SELECT FROM recon_o o WHERE o.post_ref = b.key)
GROUP BY b.key
