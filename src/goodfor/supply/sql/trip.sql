-- supply: a failure of the kind that opens a breaker; it opens with the `most`-th in a row, longer each time.
INSERT INTO supply_breaker AS b (supplier_id, item_key, shop_id, failures, opened_at, until, reason, times)
VALUES (%(supplier_id)s, %(item_key)s, %(shop_id)s, 1,
        CASE WHEN %(most)s::int <= 1 THEN %(now)s::timestamptz END,
        CASE WHEN %(most)s::int <= 1 THEN %(now)s::timestamptz + %(pause)s::interval END,
        %(reason)s, CASE WHEN %(most)s::int <= 1 THEN 1 ELSE 0 END)
ON CONFLICT (supplier_id, item_key) DO UPDATE
SET failures = least(b.failures + 1, 30000), reason = excluded.reason,
    opened_at = CASE WHEN b.failures + 1 >= %(most)s::int THEN coalesce(b.opened_at, %(now)s) ELSE b.opened_at END,
    until = CASE WHEN b.failures + 1 >= %(most)s::int
                 THEN %(now)s::timestamptz + %(pause)s::interval * (2 ^ least(b.times, 6)) ELSE b.until END,
    times = CASE WHEN b.failures + 1 >= %(most)s::int THEN least(b.times + 1, 30000) ELSE b.times END
RETURNING opened_at = %(now)s, until
