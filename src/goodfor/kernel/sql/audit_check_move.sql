-- How far a check has come; a check that was begun anew meanwhile is not touched.
UPDATE kernel_audit_check SET position = %(upto)s, finished_at = %(finished_at)s, fault = %(fault)s
 WHERE name = 'audit' AND position = %(from)s AND asked_at = %(asked_at)s AND finished_at IS NULL
