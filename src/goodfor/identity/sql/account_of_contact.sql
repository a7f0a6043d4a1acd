-- The account that a contact opens, and whether this browser has been in it before.
SELECT b.id, b.password,
       EXISTS (SELECT 1 FROM identity_buyer_device d
                WHERE d.shop_id = b.shop_id AND d.buyer_id = b.id AND d.device_hash = %(device_hash)s)
  FROM identity_buyer_contact c
  JOIN identity_buyer b ON b.shop_id = c.shop_id AND b.id = c.buyer_id
 WHERE c.shop_id = %(shop_id)s AND c.kind = %(kind)s AND c.value_index = %(value_index)s AND b.state <> 'erased'
