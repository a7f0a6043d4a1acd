-- recon: pass 1: both numbers and all words are equal; equal rows one to one, in their order.
INSERT INTO recon_pairs
WITH t AS (
    SELECT id, kind, key, alt_key, amount_minor, amount_rest, currency,
           row_number() OVER (PARTITION BY key, kind, alt_key, amount_minor, amount_rest, currency ORDER BY day, at, id) AS n
    FROM recon_t t
    WHERE key <> '' AND state = 'done' AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id)
), o AS (
    SELECT id, kind, key, alt_key, amount_minor, amount_rest, currency,
           row_number() OVER (PARTITION BY key, kind, alt_key, amount_minor, amount_rest, currency ORDER BY day, at, id) AS n
    FROM recon_o o
    WHERE key <> '' AND state IN ('done', 'extra', 'late') AND account = %(account)s::text AND NOT taken
      AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.ours_id = o.id)
)
SELECT t.id, o.id, 'exact' FROM t JOIN o USING (key, kind, alt_key, amount_minor, amount_rest, currency, n)
