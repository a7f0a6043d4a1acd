-- Failed jobs, and events whose handlers failed.
SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'), (SELECT count(*) FROM kernel_event_retry)
