-- recon: those that the books have on another day.
DELETE FROM recon_gap g
WHERE g.want = (SELECT sum(r.amount_minor) FROM recon_row r
                WHERE r.shop_id = %(shop_id)s AND r.side = 'books' AND r.key = g.post_ref AND r.live
                  AND r.account = %(account)s::text)
