-- The latest jobs that wait, run or have failed, those that failed first; why, and when something last happened to them.
SELECT j.id, j.queue_name, j.task_name, j.status::text, j.attempts, j.scheduled_at, coalesce(f.error, ''),
       (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id)
  FROM procrastinate_jobs j LEFT JOIN kernel_job_failure f ON f.job_id = j.id
 WHERE j.status IN ('todo', 'doing', 'failed')
 ORDER BY array_position(ARRAY['failed', 'doing', 'todo'], j.status::text), j.id DESC
 LIMIT %(limit)s
