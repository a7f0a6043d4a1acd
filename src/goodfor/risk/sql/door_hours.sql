-- What came to the doors by the hour: what was counted as it was forgotten, and lines that are still there.
SELECT door, hour, sum("right")::bigint, sum(wrong)::bigint, sum(refused)::bigint, sum(asked)::bigint FROM (
    SELECT door, hour, "right", wrong, refused, asked FROM risk_door_hour
    WHERE shop_id = %(shop_id)s AND hour >= %(since)s AND hour < %(until)s
    UNION ALL
    SELECT door, date_trunc('hour', at, 'UTC'), count(*) FILTER (WHERE good), count(*) FILTER (WHERE NOT good), 0, 0
    FROM risk_door_answer WHERE shop_id = %(shop_id)s AND at >= %(since)s AND at < %(until)s GROUP BY 1, 2
    UNION ALL
    SELECT door, date_trunc('hour', at, 'UTC'), 0, 0, count(*) FILTER (WHERE NOT asked), count(*) FILTER (WHERE asked)
    FROM risk_door_refusal WHERE shop_id = %(shop_id)s AND at >= %(since)s AND at < %(until)s GROUP BY 1, 2
) each GROUP BY door, hour ORDER BY door, hour
