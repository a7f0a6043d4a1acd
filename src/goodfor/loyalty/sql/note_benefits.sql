-- What some members are given for a period; those who had it already are left out of the answer. Presents of a day of
-- their own are told of.
WITH fresh AS (
    INSERT INTO loyalty_benefit (shop_id, owner, kind, period, rank, units, at)
    SELECT %(shop_id)s::uuid, t.owner, %(kind)s, %(period)s, t.rank, t.units, %(now)s::timestamptz
    FROM unnest(%(owners)s::uuid[], %(ranks)s::smallint[], %(units)s::bigint[]) AS t (owner, rank, units)
    ON CONFLICT (shop_id, owner, kind, period) DO NOTHING
    RETURNING owner, units
), news AS (
    INSERT INTO loyalty_notice (shop_id, owner, kind, key, units, from_rank, to_rank, at)
    SELECT %(shop_id)s::uuid, owner, 'gift', %(kind)s || ':' || %(period)s, units, 0, 0, %(now)s::timestamptz
    FROM fresh WHERE %(kind)s <> 'monthly'
    ON CONFLICT (shop_id, owner, kind, key) DO NOTHING
)
SELECT owner, units FROM fresh
