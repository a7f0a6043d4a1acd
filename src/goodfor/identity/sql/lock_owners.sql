-- Lock the active owners of a shop, sorted, so that two of them cannot be demoted at once.
SELECT id FROM identity_staff
 WHERE shop_id = %(shop_id)s AND role = 'owner' AND active
 ORDER BY id FOR UPDATE
