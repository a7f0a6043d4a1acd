-- recon: a side's day was told whole: what it no longer says is over.
UPDATE recon_row r SET live = false
WHERE r.shop_id = %(shop_id)s AND r.side = %(side)s::text AND r.account = %(account)s::text AND r.day = %(day)s AND r.live
  AND r.kind = ANY (%(kinds)s)
  AND NOT EXISTS (SELECT FROM recon_in i WHERE i.source = r.source)
