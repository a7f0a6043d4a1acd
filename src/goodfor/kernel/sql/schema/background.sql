-- What the background does, for the people who look after it. Loops note their runs twice a minute at most.
CREATE TABLE kernel_duty (
    name text PRIMARY KEY,
    last_run_at timestamptz NOT NULL,
    last_ok_at timestamptz,
    last_work_at timestamptz,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    error text NOT NULL DEFAULT '',
    CHECK ((failures = 0) = (error = ''))
) WITH (fillfactor = 50);
-- Why a job failed: the kind of error and its place, never what the error was about.
CREATE TABLE kernel_job_failure (
    job_id bigint PRIMARY KEY,
    error text NOT NULL CHECK (error <> ''),
    at timestamptz NOT NULL
);
-- The last check of the audit trail that was asked for: how far it has come, and what it found.
CREATE TABLE kernel_audit_check (
    name text PRIMARY KEY CHECK (name = 'audit'),
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    target bigint NOT NULL CHECK (target >= 0),
    position bigint NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND target),
    finished_at timestamptz,
    fault text NOT NULL DEFAULT '',
    CHECK (fault = '' OR finished_at IS NOT NULL)
);
