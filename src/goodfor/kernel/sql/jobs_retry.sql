-- Put failed jobs back into their queue: those with the ids given, each once, however many ask at the same time.
WITH again AS (
    UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = NULL, worker_id = NULL
     WHERE id = ANY (%(ids)s::bigint[]) AND status = 'failed'
    RETURNING id
), forgotten AS (
    DELETE FROM kernel_job_failure f USING again WHERE f.job_id = again.id
)
SELECT id FROM again ORDER BY id
