-- The next events after the cursor that every running transaction can no longer precede.
SELECT e.xid::text, e.id, e.shop_id, e.name, e.version, e.payload::text, e.cause_type, e.cause_id, e.occurred_at
FROM kernel_event e
WHERE (e.xid, e.id) > (%(upto_xid)s::text::xid8, %(upto_id)s) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY e.xid, e.id
LIMIT %(limit)s
