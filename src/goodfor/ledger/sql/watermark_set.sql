-- Everything below is done, for every shop_id.
UPDATE ledger_watermark SET upto_xid = %(upto)s::xid8 WHERE name = %(name)s AND upto_xid <= %(upto)s::xid8
