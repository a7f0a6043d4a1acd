SELECT date_trunc('hour', at), scene, outcome, count(*), count(*) FILTER (WHERE cardinality(failed) > 0),
    count(*) FILTER (WHERE sampled)
FROM risk_decision WHERE shop_id = %(shop)s AND at >= %(since)s AND at < %(until)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
