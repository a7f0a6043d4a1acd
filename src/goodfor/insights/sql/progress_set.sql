-- Everything below is in, for every shop_id.
UPDATE insights_progress SET upto_xid = %(upto)s::text::bigint WHERE name = %(name)s AND upto_xid <= %(upto)s::text::bigint
