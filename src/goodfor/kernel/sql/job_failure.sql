-- Why a job failed last.
INSERT INTO kernel_job_failure (job_id, error, at) VALUES (%(job_id)s, %(error)s, %(now)s)
ON CONFLICT (job_id) DO UPDATE SET error = excluded.error, at = excluded.at
