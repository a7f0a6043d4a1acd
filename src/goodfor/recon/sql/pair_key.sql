-- recon: what is left with our number in common: it is the same thing, and something about it differs.
INSERT INTO recon_pairs
WITH t AS (
    SELECT id, kind, key, row_number() OVER (PARTITION BY key, kind ORDER BY state = 'done' DESC, day, at, id) AS n
    FROM recon_t t
    WHERE key <> '' AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id)
), o AS (
    SELECT id, kind, key,
           row_number() OVER (PARTITION BY key, kind ORDER BY account = %(account)s::text DESC,
                              state IN ('done', 'extra', 'late') DESC, day, at, id) AS n
    FROM recon_o o
    WHERE key <> '' AND NOT taken AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.ours_id = o.id)
)
SELECT t.id, o.id, 'key' FROM t JOIN o USING (key, kind, n)
