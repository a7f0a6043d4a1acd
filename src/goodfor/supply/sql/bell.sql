-- supply: look at a supplier's balance; a row where the bell was rung or armed: (armed, crossings). What is seen for
-- the first time is low or not, but crossed nothing.
INSERT INTO supply_bell AS b (supplier_id, which, shop_id, armed)
VALUES (%(supplier_id)s, %(which)s, %(shop_id)s, %(enough)s)
ON CONFLICT (supplier_id, which) DO UPDATE
SET armed = %(enough)s, crossings = b.crossings + b.armed::int,
    crossed_at = CASE WHEN b.armed THEN %(now)s::timestamptz ELSE b.crossed_at END
WHERE b.armed <> %(enough)s
RETURNING armed, crossings
