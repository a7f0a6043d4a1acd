SELECT id, value_key_id, value_blob FROM risk_entity
WHERE shop_id = %(shop)s AND kind = %(kind)s AND key = %(key)s AND value_key_id IS NOT NULL
