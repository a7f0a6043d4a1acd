-- The next members by owner, and whose tier ends within one of some spans without enough to keep it: by what was done in
-- the year before its end, or that year by the shop's clock. A tier that was given or bought is kept by earning it. How
-- many were looked at, how many are told, and the last one.
WITH those AS (
    SELECT owner, rank, until, source FROM loyalty_member
    WHERE shop_id = %(shop_id)s AND (%(after)s::uuid IS NULL OR owner > %(after)s::uuid)
    ORDER BY owner LIMIT %(limit)s
), spans AS (
    SELECT * FROM unnest(%(marks)s::int[], %(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS t (mark, begins, ends)
), due AS (
    SELECT t.owner, t.rank, t.until, t.source, s.mark, coalesce(d.amount, 0)::bigint AS amount,
           (CASE t.source WHEN 'earned' THEN %(keeps)s::bigint[] ELSE %(qualifies)s::bigint[] END)[t.rank + 1] AS needed
    FROM those t JOIN spans s ON t.until > s.begins AND t.until <= s.ends
    LEFT JOIN LATERAL (
        SELECT sum(CASE %(metric)s WHEN 'growth' THEN growth WHEN 'spend' THEN paid_minor - back_minor
                        ELSE CASE WHEN back_minor < paid_minor THEN 1 ELSE 0 END END) AS amount
        FROM loyalty_deed WHERE shop_id = %(shop_id)s AND owner = t.owner
          AND at >= CASE WHEN %(calendar)s::boolean THEN date_trunc('year', t.until - interval '1 microsecond', %(zone)s)
                         ELSE t.until - interval '365 days' END
          AND at < t.until
    ) d ON true
    WHERE t.rank > 0
), falling AS (
    SELECT owner, rank, until, mark, needed - amount AS missing,
           (SELECT max(n) - 1 FROM unnest(%(qualifies)s::bigint[]) WITH ORDINALITY AS q (least, n) WHERE q.least <= amount)
               AS earned, source
    FROM due WHERE needed > amount
), told AS (
    INSERT INTO loyalty_notice (shop_id, owner, kind, key, units, from_rank, to_rank, ends_at, at)
    SELECT %(shop_id)s::uuid, owner, 'falling', ((until - interval '1 microsecond') AT TIME ZONE %(zone)s)::date || ':' || mark,
           missing, rank, CASE source WHEN 'earned' THEN greatest(earned, rank - 1) ELSE earned END, until,
           %(now)s::timestamptz
    FROM falling
    ON CONFLICT (shop_id, owner, kind, key) DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM those), (SELECT count(*) FROM told), (SELECT owner FROM those ORDER BY owner DESC LIMIT 1)
