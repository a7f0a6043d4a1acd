-- Add a refund to a sum of its day, unless that would pass the cap: then no row. The sum's row is locked either way, so
-- that two refunds at once never pass it together; one row, however long the history is.
INSERT INTO orders_refund_day AS d (shop_id, day, currency, kind, actor, minor)
SELECT %(shop_id)s::uuid, %(day)s::date, %(currency)s, %(kind)s, %(actor)s, %(minor)s::bigint
WHERE %(cap)s::bigint IS NULL OR %(minor)s::bigint <= %(cap)s::bigint
ON CONFLICT (shop_id, day, currency, kind, actor) DO UPDATE SET minor = d.minor + EXCLUDED.minor
WHERE %(cap)s::bigint IS NULL OR d.minor + EXCLUDED.minor <= %(cap)s::bigint
RETURNING minor
