-- supply, platform job: count due hours anew. `bounds`: seconds; `steps`: how old an hour is (hours) and in how many
-- minutes it is due again; older ones are due no more.
WITH due AS (
    SELECT supplier_id, shop_id, hour FROM supply_tally
    WHERE due_at <= %(now)s
    ORDER BY due_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE supply_tally t
SET tries = c.tries, ended = c.ended, success = c.success, unknown = c.unknown, speeds = c.speeds, delays = h.delays,
    good = c.good, faulty = c.faulty, charged = c.charged, refunded = c.refunded, refunds = c.refunds,
    counted_at = %(now)s,
    due_at = %(now)s::timestamptz + make_interval(mins => (
        SELECT s.minutes FROM unnest(%(ages)s::int[], %(minutes)s::int[]) AS s (age, minutes)
        WHERE %(now)s::timestamptz < d.hour + make_interval(hours => s.age) ORDER BY s.age LIMIT 1))
FROM due d
CROSS JOIN LATERAL (
    WITH one AS MATERIALIZED (
        SELECT a.state, a.quantity, a.got, a.reason, a.charged, a.refunded, a.ended_at, a.ended_at - a.sent_at AS took,
               EXISTS (SELECT 1 FROM kernel_history k WHERE k.shop_id = a.shop_id AND k.subject_id = a.id
                       AND k.machine = 'supply.attempt' AND k.to_state = 'unknown') AS was_unknown
        FROM supply_attempt a
        WHERE a.shop_id = d.shop_id AND a.supplier_id = d.supplier_id
          AND a.sent_at >= d.hour AND a.sent_at < d.hour + interval '1 hour'
    )
    SELECT count(*)::int AS tries,
           (count(*) FILTER (WHERE ended_at IS NOT NULL))::int AS ended,
           (count(*) FILTER (WHERE state IN ('delivered', 'partial', 'late')))::int AS success,
           (count(*) FILTER (WHERE was_unknown))::int AS unknown,
           coalesce(sum(CASE WHEN state = 'late' THEN quantity ELSE got END), 0) AS good,
           coalesce(sum(quantity - got) FILTER (
               WHERE state IN ('partial', 'failed') AND reason IN ('doubles', 'too_few', 'bad_codes')), 0) AS faulty,
           coalesce(sum(charged) FILTER (
               WHERE state IN ('delivered', 'partial', 'late')
                  OR (state = 'failed' AND reason IN ('doubles', 'too_few', 'bad_codes'))), 0) AS charged,
           coalesce(sum(refunded), 0) AS refunded,
           (count(*) FILTER (WHERE refunded > 0))::int AS refunds,
           (SELECT array_agg(coalesce(f.n, 0) ORDER BY b.b)
            FROM generate_series(0, cardinality(%(bounds)s::float8[])) AS b (b)
            LEFT JOIN (SELECT width_bucket(extract(epoch FROM took)::float8, %(bounds)s::float8[]) AS b, count(*)::int AS n
                       FROM one WHERE state = 'delivered' GROUP BY 1) f ON f.b = b.b) AS speeds
    FROM one
) c
CROSS JOIN LATERAL (
    SELECT array_agg(coalesce(f.n, 0) ORDER BY b.b) AS delays
    FROM generate_series(0, cardinality(%(bounds)s::float8[])) AS b (b)
    LEFT JOIN (SELECT width_bucket(extract(epoch FROM e.at - e.sent_at)::float8, %(bounds)s::float8[]) AS b,
                      count(*)::int AS n
               FROM supply_heard e
               WHERE e.shop_id = d.shop_id AND e.supplier_id = d.supplier_id AND e.sent_at IS NOT NULL
                 AND e.at >= d.hour AND e.at < d.hour + interval '1 hour' GROUP BY 1) f ON f.b = b.b
) h
WHERE t.supplier_id = d.supplier_id AND t.hour = d.hour
