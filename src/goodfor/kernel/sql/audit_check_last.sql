-- The last check of the audit trail, and when the last line that it has seen was written.
SELECT c.asked_by, c.asked_at, c.target, c.position, c.finished_at, c.fault, a.at
  FROM kernel_audit_check c
  LEFT JOIN kernel_audit_seal s ON s.seq = c.position
  LEFT JOIN kernel_audit a ON a.xid = s.audit_xid AND a.id = s.audit_id
 WHERE c.name = 'audit'
