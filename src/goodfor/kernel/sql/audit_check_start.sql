-- Begin a check of the audit trail up to its present head; one that is running goes on undisturbed.
INSERT INTO kernel_audit_check AS c (name, asked_by, asked_at, target)
SELECT 'audit', %(actor)s, %(now)s, coalesce((SELECT seq FROM kernel_audit_head), 0)
ON CONFLICT (name) DO UPDATE
SET asked_by = excluded.asked_by, asked_at = excluded.asked_at, target = excluded.target, position = 0,
    finished_at = NULL, fault = ''
WHERE c.finished_at IS NOT NULL
