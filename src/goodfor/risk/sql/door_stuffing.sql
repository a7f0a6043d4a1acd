-- Who tries many accounts: of the newest wrong answers of an hour at a door, keys with many different subjects within ten
-- minutes, and passwords that failed at many within the hour. Kinds as in doors/types.py; 0: a password.
WITH wrong AS MATERIALIZED (
    SELECT network, address, device, mark, subject, at FROM risk_door_answer
    WHERE shop_id = %(shop_id)s AND door = %(door)s AND scope = 0 AND NOT good AND at > %(hour)s
    ORDER BY at DESC LIMIT %(most)s::bigint
), each AS (
    SELECT 1 AS kind, network AS key, subject, at FROM wrong WHERE network IS NOT NULL AND at > %(minutes)s
    UNION ALL SELECT 2, address, subject, at FROM wrong WHERE address IS NOT NULL AND at > %(minutes)s
    UNION ALL SELECT 3, device, subject, at FROM wrong WHERE device IS NOT NULL AND at > %(minutes)s
    UNION ALL SELECT 0, mark, subject, at FROM wrong WHERE mark IS NOT NULL
)
SELECT kind, key, count(DISTINCT subject), max(at) FROM each GROUP BY kind, key
HAVING count(DISTINCT subject) >= CASE kind WHEN 0 THEN %(passwords)s::bigint ELSE %(accounts)s::bigint END
ORDER BY 3 DESC, 4 DESC LIMIT 20
