-- The guess was right: all tries at the account are forgiven (`all`), or just this one of an address.
UPDATE console_tries SET tries = CASE WHEN %(all)s THEN 0 ELSE greatest(tries - 1, 0) END, blocked_until = NULL
WHERE scope = %(scope)s AND subject_hash = %(subject_hash)s
