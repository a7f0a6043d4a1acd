-- recon: which of these references a row of ours bears that was just asked for: (reference, amount).
SELECT r.post_ref, sum(r.amount_minor)::bigint
FROM recon_in i JOIN recon_row r ON r.source = i.source
WHERE r.shop_id = %(shop_id)s AND r.side = 'ours' AND r.live AND r.post_ref = ANY (%(refs)s)
GROUP BY r.post_ref
