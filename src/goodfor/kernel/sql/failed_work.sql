-- Jobs that failed for good since then, by kind and hour, and handlers of events that have failed again and again.
SELECT j.task_name, 'failed', max(j.attempts), date_trunc('hour', e.at), j.args->>'shop_id'
FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id
WHERE e.type = 'failed' AND e.at > %(since)s
GROUP BY j.task_name, date_trunc('hour', e.at), j.args->>'shop_id'
UNION ALL
SELECT r.handler, max(r.error), max(r.attempts), date_trunc('hour', max(r.next_try_at)), v.shop_id::text
FROM kernel_event_retry r JOIN kernel_event v ON (v.xid, v.id) = (r.event_xid, r.event_id)
WHERE r.attempts >= 5 AND r.next_try_at > %(since)s
GROUP BY r.handler, v.shop_id
