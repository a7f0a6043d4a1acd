-- Of the next members by owner those of some tiers who joined whole years ago, today or some days before, and have bought
-- something in the last year that they kept: who, his tier, the year of that day. How many were looked at and the last one
-- stand in each row; where nobody is due there is one row of them alone.
WITH those AS (
    SELECT owner, rank, (joined_at AT TIME ZONE %(zone)s)::date AS joined FROM loyalty_member
    WHERE shop_id = %(shop_id)s AND (%(after)s::uuid IS NULL OR owner > %(after)s::uuid)
    ORDER BY owner LIMIT %(limit)s
), due AS (
    SELECT t.owner, t.rank, y.year
    FROM those t CROSS JOIN (SELECT generate_series(extract(year FROM %(today)s::date)::int - 1,
                                                    extract(year FROM %(today)s::date)::int) AS year) y
    WHERE t.rank = ANY(%(ranks)s::smallint[]) AND y.year > extract(year FROM t.joined)
      AND (t.joined + make_interval(years => y.year - extract(year FROM t.joined)::int))::date
          BETWEEN %(today)s::date - %(within)s::int AND %(today)s::date
      AND EXISTS (SELECT FROM loyalty_deed d WHERE d.shop_id = %(shop_id)s AND d.owner = t.owner
                  AND d.at > %(now)s::timestamptz - interval '1 year' AND d.back_minor < d.paid_minor)
), told AS (
    SELECT (SELECT count(*) FROM those) AS looked, (SELECT owner FROM those ORDER BY owner DESC LIMIT 1) AS last
)
SELECT d.owner, d.rank, d.year, t.looked, t.last FROM told t LEFT JOIN due d ON true ORDER BY d.owner
