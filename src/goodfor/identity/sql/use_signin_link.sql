-- Use a sign-in link: once, in time, and only for a person who still works here.
UPDATE identity_signin_link l
   SET used_at = %(now)s
  FROM identity_staff s
  JOIN auth_user u ON u.id = s.user_id
 WHERE l.shop_id = %(shop_id)s AND l.token_hash = %(token_hash)s
   AND l.used_at IS NULL AND l.expires_at > %(now)s
   AND s.shop_id = l.shop_id AND s.id = l.staff_id AND s.active AND u.is_active
RETURNING s.id, s.user_id, s.role
