-- finance: everything below is read, for every shop_id.
UPDATE finance_cursor SET upto_xid = %(upto)s::bigint WHERE name = 'orders' AND upto_xid <= %(upto)s::bigint
