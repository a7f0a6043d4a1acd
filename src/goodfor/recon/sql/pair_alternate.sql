-- recon: pass 2, of what is left: the other's own number and all words are equal.
INSERT INTO recon_pairs
WITH t AS (
    SELECT id, kind, alt_key, amount_minor, amount_rest, currency,
           row_number() OVER (PARTITION BY alt_key, kind, amount_minor, amount_rest, currency ORDER BY day, at, id) AS n
    FROM recon_t t
    WHERE alt_key <> '' AND state = 'done' AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.theirs_id = t.id)
), o AS (
    SELECT id, kind, alt_key, amount_minor, amount_rest, currency,
           row_number() OVER (PARTITION BY alt_key, kind, amount_minor, amount_rest, currency ORDER BY day, at, id) AS n
    FROM recon_o o
    WHERE alt_key <> '' AND state IN ('done', 'extra', 'late') AND account = %(account)s::text AND NOT taken
      AND NOT EXISTS (SELECT FROM recon_pairs p WHERE p.ours_id = o.id)
)
SELECT t.id, o.id, 'alternate' FROM t JOIN o USING (alt_key, kind, amount_minor, amount_rest, currency, n)
