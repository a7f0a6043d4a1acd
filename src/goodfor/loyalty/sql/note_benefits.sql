-- What some members are given for a period; those who had it already are left out of the answer.
INSERT INTO loyalty_benefit (shop_id, owner, kind, period, rank, units, at)
SELECT %(shop_id)s::uuid, t.owner, %(kind)s, %(period)s, t.rank, t.units, %(now)s::timestamptz
FROM unnest(%(owners)s::uuid[], %(ranks)s::smallint[], %(units)s::bigint[]) AS t (owner, rank, units)
ON CONFLICT (shop_id, owner, kind, period) DO NOTHING
RETURNING owner, units
