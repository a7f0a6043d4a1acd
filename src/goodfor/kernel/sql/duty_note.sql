-- A run of a loop: when, and whether it failed. Failures count up until a run succeeds.
INSERT INTO kernel_duty AS d (name, last_run_at, last_ok_at, last_work_at, failures, error)
VALUES (%(name)s, %(now)s, CASE WHEN %(error)s::text = '' THEN %(now)s::timestamptz END,
        CASE WHEN %(worked)s THEN %(now)s::timestamptz END, CASE WHEN %(error)s::text = '' THEN 0 ELSE 1 END, %(error)s)
ON CONFLICT (name) DO UPDATE
SET last_run_at = excluded.last_run_at,
    last_ok_at = coalesce(excluded.last_ok_at, d.last_ok_at),
    last_work_at = coalesce(excluded.last_work_at, d.last_work_at),
    failures = CASE WHEN excluded.error = '' THEN 0 ELSE d.failures + 1 END,
    error = excluded.error
