-- The first place at which a stretch of the audit trail is not what its seals say. `from` is the last seal checked.
WITH seal AS (
    SELECT seq, audit_id, audit_xid, hash, version, lag(hash) OVER w AS previous, lag(seq) OVER w AS before
    FROM kernel_audit_seal WHERE seq BETWEEN %(from)s AND %(upto)s WINDOW w AS (ORDER BY seq)
), reach AS (
    SELECT coalesce((SELECT audit_xid FROM kernel_audit_seal WHERE seq = %(from)s), '0'::xid8) AS low_xid,
           coalesce((SELECT audit_id FROM kernel_audit_seal WHERE seq = %(from)s), 0) AS low_id,
           coalesce((SELECT audit_xid FROM kernel_audit_seal WHERE seq = %(upto)s), '0'::xid8) AS high_xid,
           coalesce((SELECT audit_id FROM kernel_audit_seal WHERE seq = %(upto)s), 0) AS high_id
)
SELECT s.seq, CASE WHEN a.id IS NULL THEN 'gone' ELSE 'changed' END
  FROM seal s LEFT JOIN kernel_audit a ON a.xid = s.audit_xid AND a.id = s.audit_id
 WHERE s.seq > %(from)s
   AND (a.id IS NULL OR s.seq <> coalesce(s.before, 0) + 1
        OR s.hash <> sha256(coalesce(s.previous, decode(repeat('00', 32), 'hex'))
                            || convert_to(kernel_audit_text(a, s.version), 'UTF8')))
UNION ALL
SELECT a.id, 'slipped_in' FROM reach r, kernel_audit a
 WHERE (a.xid, a.id) > (r.low_xid, r.low_id) AND (a.xid, a.id) <= (r.high_xid, r.high_id)
   AND NOT EXISTS (SELECT 1 FROM kernel_audit_seal s WHERE s.audit_id = a.id)
UNION ALL
-- Seals missing at the end of the stretch.
SELECT %(upto)s, 'gone' WHERE NOT EXISTS (SELECT 1 FROM kernel_audit_seal WHERE seq = %(upto)s)
 ORDER BY 1 LIMIT 1
