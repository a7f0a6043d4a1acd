-- recon: the same source says something else now.
UPDATE recon_row r SET live = false
FROM recon_in i
WHERE r.shop_id = %(shop_id)s AND r.side = %(side)s::text AND r.source = i.source AND r.live
  AND (r.kind, r.day, r.at, r.amount_minor, r.amount_rest, r.currency, r.key, r.alt_key, r.group_key, r.fee, r.state,
       r.post_ref, r.account)
      IS DISTINCT FROM
      (i.kind, i.day, i.at, i.amount_minor, i.amount_rest, i.currency, i.key, i.alt_key, i.group_key, i.fee, i.state,
       i.post_ref, i.account)
