-- risk: what a rule in the shadow would add to what was decided in fact, in the scenes that it is for: hits, hits that
-- something else stopped as well; of those that were let through: bad, good, their amounts; of all that was stopped: bad, good.
WITH l AS MATERIALIZED (
    SELECT DISTINCT ON (decision_id) decision_id, bad, known_at FROM risk_label
    WHERE shop_id = %(shop)s AND decision_id >= %(low)s AND decision_id < %(high)s AND known_at <= %(as_of)s
    ORDER BY decision_id, known_at DESC, id DESC
), s AS MATERIALIZED (
    SELECT DISTINCT ON (subject_id, subject_type) subject_id, subject_type, bad, known_at FROM risk_label
    WHERE shop_id = %(shop)s AND subject_id IS NOT NULL AND known_at <= %(as_of)s
    ORDER BY subject_id, subject_type, known_at DESC, id DESC
), seen AS (
    SELECT d.outcome <> 'allow' AS stopped,
           d.hits @> jsonb_build_array(jsonb_build_object('rule_id', %(rule)s::text, 'live', false)) AS shadow,
           CASE WHEN s.known_at IS NULL OR l.known_at >= s.known_at THEN l.bad ELSE s.bad END AS bad,
           d.at <= %(mature)s AS old,
           CASE WHEN jsonb_typeof(d.features -> 'amount_minor') = 'number'
                THEN (d.features ->> 'amount_minor')::numeric::bigint ELSE 0 END AS amount
    FROM risk_decision d
    LEFT JOIN l ON l.decision_id = d.id
    LEFT JOIN s ON s.subject_id = d.subject_id AND s.subject_type = d.subject_kind
    WHERE d.shop_id = %(shop)s AND d.at >= %(first)s AND d.at < %(last)s AND d.scene = ANY (%(scenes)s::smallint[])
      AND (d.outcome <> 'allow' OR d.hits <> '[]'::jsonb)
)
SELECT count(*) FILTER (WHERE shadow), count(*) FILTER (WHERE shadow AND stopped),
       count(*) FILTER (WHERE shadow AND NOT stopped AND bad),
       count(*) FILTER (WHERE shadow AND NOT stopped AND (NOT bad OR bad IS NULL AND old)),
       coalesce(sum(amount) FILTER (WHERE shadow AND NOT stopped AND bad), 0)::bigint,
       coalesce(sum(amount) FILTER (WHERE shadow AND NOT stopped AND (NOT bad OR bad IS NULL AND old)), 0)::bigint,
       count(*) FILTER (WHERE stopped AND bad),
       count(*) FILTER (WHERE stopped AND (NOT bad OR bad IS NULL AND old))
FROM seen
