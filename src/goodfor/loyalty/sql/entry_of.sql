-- What was moved before for the same source and purpose.
SELECT id, units, asked, minor FROM loyalty_entry
WHERE shop_id = %(shop_id)s AND wallet_id = %(wallet_id)s AND source_kind = %(source_kind)s
  AND source_id = %(source_id)s AND purpose = %(purpose)s
