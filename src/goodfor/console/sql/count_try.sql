-- Count a guess before it is looked at; no row while the door is slow. From the fifth wrong one on each waits longer.
INSERT INTO console_tries AS t (scope, subject_hash, tries, last_at)
VALUES (%(scope)s, %(subject_hash)s, 1, %(now)s)
ON CONFLICT (scope, subject_hash) DO UPDATE SET
    tries = CASE WHEN t.last_at < %(forget)s THEN 1 ELSE t.tries + 1 END,
    last_at = %(now)s,
    blocked_until = CASE WHEN t.last_at >= %(forget)s AND t.tries + 1 >= %(free)s
        THEN %(now)s + least(%(longest)s, %(pause)s * 2 ^ least(t.tries + 1 - %(free)s, 10)) * interval '1 second' END
WHERE t.blocked_until IS NULL OR t.blocked_until <= %(now)s
RETURNING tries
