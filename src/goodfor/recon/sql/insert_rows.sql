-- recon: what is new of a side; what is known stays as it stands.
INSERT INTO recon_row (shop_id, side, live, kind, source, day, at, amount_minor, amount_rest, currency, key, alt_key,
                       group_key, fee, state, post_ref, account)
SELECT %(shop_id)s, %(side)s::text, true, i.kind, i.source, i.day, i.at, i.amount_minor, i.amount_rest, i.currency, i.key,
       i.alt_key, i.group_key, i.fee, i.state, i.post_ref, i.account
FROM recon_in i
WHERE NOT EXISTS (SELECT FROM recon_row r
                  WHERE r.shop_id = %(shop_id)s AND r.side = %(side)s::text AND r.source = i.source AND r.live)
