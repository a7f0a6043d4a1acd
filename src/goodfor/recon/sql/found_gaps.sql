-- recon: the books have nothing, or another amount.
INSERT INTO recon_found
SELECT 'C10', %(account)s::text || ':' || g.post_ref, g.ours_id, g.theirs_id, abs(g.want - coalesce(b.have, 0)),
       jsonb_build_object('reference', g.post_ref, 'want_minor', g.want, 'have_minor', b.have)
FROM recon_gap g
LEFT JOIN LATERAL (SELECT sum(r.amount_minor)::bigint AS have FROM recon_row r
                   WHERE r.shop_id = %(shop_id)s AND r.side = 'books' AND r.key = g.post_ref AND r.live
                     AND r.account = %(account)s::text) b ON true
