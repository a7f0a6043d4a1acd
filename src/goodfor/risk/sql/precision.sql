-- risk: hits of rules on stored decisions by week, with what is known of them: rule, counted or not, week, hits, bad,
-- good, too young to tell, amount of bad, amount of good.
WITH l AS MATERIALIZED (
    SELECT DISTINCT ON (decision_id) decision_id, bad, known_at FROM risk_label
    WHERE shop_id = %(shop)s AND decision_id >= %(low)s AND decision_id < %(high)s AND known_at <= %(as_of)s
    ORDER BY decision_id, known_at DESC, id DESC
), s AS MATERIALIZED (
    SELECT DISTINCT ON (subject_id, subject_type) subject_id, subject_type, bad, known_at FROM risk_label
    WHERE shop_id = %(shop)s AND subject_id IS NOT NULL AND known_at <= %(as_of)s
    ORDER BY subject_id, subject_type, known_at DESC, id DESC
), hit AS (
    SELECT (h ->> 'rule_id')::uuid AS rule_id, (h ->> 'live')::bool AS live, d.at,
           CASE WHEN s.known_at IS NULL OR l.known_at >= s.known_at THEN l.bad ELSE s.bad END AS bad,
           CASE WHEN jsonb_typeof(d.features -> 'amount_minor') = 'number'
                THEN (d.features ->> 'amount_minor')::numeric::bigint ELSE 0 END AS amount
    FROM risk_decision d
    CROSS JOIN LATERAL jsonb_array_elements(d.hits) AS h
    LEFT JOIN l ON l.decision_id = d.id
    LEFT JOIN s ON s.subject_id = d.subject_id AND s.subject_type = d.subject_kind
    WHERE d.shop_id = %(shop)s AND d.at >= %(first)s AND d.at < %(last)s AND d.hits <> '[]'::jsonb
)
SELECT rule_id, live, date_trunc('week', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', count(*),
       count(*) FILTER (WHERE bad),
       count(*) FILTER (WHERE NOT bad OR bad IS NULL AND at <= %(mature)s),
       count(*) FILTER (WHERE bad IS NULL AND at > %(mature)s),
       coalesce(sum(amount) FILTER (WHERE bad), 0)::bigint,
       coalesce(sum(amount) FILTER (WHERE NOT bad OR bad IS NULL AND at <= %(mature)s), 0)::bigint
FROM hit
WHERE %(rule)s::uuid IS NULL OR rule_id = %(rule)s::uuid
GROUP BY 1, 2, 3
