-- One try at a door: counted before anything is compared, under the row's lock, so that parallel tries add up.
-- A try while the door is slow is not counted, and last_try does not name it: that is how it knows that it was refused.
INSERT INTO identity_door AS d (id, shop_id, scope, subject_hash, tries, last_at, last_try)
VALUES (%(try)s, %(shop_id)s, %(scope)s, %(subject_hash)s, 1, %(now)s, %(try)s)
ON CONFLICT (shop_id, scope, subject_hash) DO UPDATE SET
    tries = CASE WHEN d.last_at < %(now)s::timestamptz - %(forget)s::interval THEN 1
                 WHEN d.open_at > %(now)s THEN d.tries
                 ELSE d.tries + 1 END,
    last_try = CASE WHEN d.open_at > %(now)s THEN d.last_try ELSE %(try)s END,
    last_at = CASE WHEN d.open_at > %(now)s THEN d.last_at ELSE %(now)s END,
    open_at = CASE WHEN d.open_at > %(now)s THEN d.open_at
                   WHEN d.last_at < %(now)s::timestamptz - %(forget)s::interval OR d.tries + 1 < %(free)s THEN NULL
                   ELSE %(now)s::timestamptz
                        + least(%(most)s::float8, %(first)s::float8 * 2 ^ least(d.tries + 1 - %(free)s::int, 20))
                          * interval '1 second' END
RETURNING last_try = %(try)s, open_at
