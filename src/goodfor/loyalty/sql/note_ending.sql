-- The next members by owner, and what of their points ends within one of some spans: a notice for each span and day, with
-- all that ends on it. How many were looked at, how many are told, and the last one.
WITH those AS (
    SELECT id, owner FROM loyalty_wallet
    WHERE shop_id = %(shop_id)s AND kind = 'points' AND (%(after)s::uuid IS NULL OR owner > %(after)s::uuid)
    ORDER BY owner LIMIT %(limit)s
), spans AS (
    SELECT * FROM unnest(%(marks)s::int[], %(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS t (mark, begins, ends)
), sums AS (
    SELECT t.owner, s.mark, ((l.expires_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date AS day,
           sum(l.remaining)::bigint AS units, max(l.expires_at) AS ends_at
    FROM those t CROSS JOIN spans s
    JOIN loyalty_lot l ON l.shop_id = %(shop_id)s AND l.wallet_id = t.id AND l.remaining > 0
         AND l.expires_at > s.begins AND l.expires_at <= s.ends
    GROUP BY 1, 2, 3
), told AS (
    INSERT INTO loyalty_notice (shop_id, owner, kind, key, units, from_rank, to_rank, ends_at, at)
    SELECT %(shop_id)s::uuid, owner, 'ending', day || ':' || mark, units, 0, 0, ends_at, %(now)s::timestamptz FROM sums
    ON CONFLICT (shop_id, owner, kind, key) DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM those), (SELECT count(*) FROM told), (SELECT owner FROM those ORDER BY owner DESC LIMIT 1)
