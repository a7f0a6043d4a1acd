-- A refused password is written down where there is an account. With or without one it is one statement that writes,
-- so that its time tells nothing.
WITH noted AS (
    INSERT INTO identity_buyer_signin (id, shop_id, buyer_id, at, method, ok, label, address_hash)
    SELECT %(id)s, c.shop_id, c.buyer_id, %(now)s, 'password', false, %(label)s, %(address_hash)s
      FROM identity_buyer_contact c
     WHERE c.shop_id = %(shop_id)s AND c.kind = %(kind)s AND c.value_index = %(value_index)s
)
UPDATE identity_door SET last_at = last_at
 WHERE shop_id = %(shop_id)s AND scope = %(scope)s AND subject_hash = %(subject_hash)s
