-- Lines after the last sealed one that no running transaction can still precede.
SELECT a.xid::text, a.id, kernel_audit_text(a, %(version)s::smallint)
FROM kernel_audit a
WHERE (a.xid, a.id) > (%(xid)s::text::xid8, %(id)s) AND a.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY a.xid, a.id
LIMIT %(limit)s
