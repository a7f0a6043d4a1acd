-- Count one try in its window; the row lock makes parallel tries add up.
INSERT INTO storefront_attempt AS a (id, shop_id, scope, subject_hash, window_start, tries)
VALUES (%(id)s, %(shop_id)s, %(scope)s, %(subject_hash)s, %(window_start)s, 1)
ON CONFLICT (shop_id, scope, subject_hash, window_start) DO UPDATE SET tries = a.tries + 1
RETURNING tries
