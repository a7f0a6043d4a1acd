-- How long an asker is refused, by the longest lock; nothing is counted and nothing waits. As the first look of a knock.
WITH mine AS (
    SELECT CASE WHEN EXISTS (
        SELECT FROM risk_door_known k WHERE k.shop_id = %(shop_id)s AND k.door = %(door)s::smallint
        AND k.key = %(known)s::bigint AND k.last_at > %(now)s::timestamptz - interval '180 days'
    ) THEN 2 ELSE 1 END AS who
)
SELECT coalesce(max(extract(epoch FROM k.open_at - %(now)s::timestamptz)), 0)::float8
FROM mine, unnest(%(kinds)s::smallint[], %(keys)s::bigint[], %(who)s::smallint[], %(asks)s::boolean[])
    AS r (kind, key, who, asks)
JOIN risk_door_key k ON k.shop_id = %(shop_id)s AND k.door = %(door)s::smallint AND k.kind = r.kind AND k.key = r.key
WHERE r.who & mine.who <> 0 AND NOT r.asks AND k.open_at > %(now)s::timestamptz
