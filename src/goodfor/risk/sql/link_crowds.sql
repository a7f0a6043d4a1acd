-- How many buyers share each of these keys, counted up to a limit.
SELECT f.key, c.crowd
FROM unnest(%(keys)s::bigint[]) AS f (key)
CROSS JOIN LATERAL (
    SELECT count(*) AS crowd FROM (
        SELECT 1 FROM risk_link o WHERE o.shop_id = %(shop_id)s AND o.key = f.key LIMIT %(most)s
    ) AS others
) AS c
