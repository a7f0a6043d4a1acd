-- After a logical restore, over all shop_id: stored transaction ids mean nothing in the new cluster and could be met again.
-- What was told or sealed gets 0, what was not gets 1: both lie below every id that a cluster gives out, in this order.
DO $rebase$
DECLARE
  future CONSTANT xid8 := pg_snapshot_xmax(pg_current_snapshot());
  told_xid xid8 := '0';
  told_id bigint := 0;
  newest bigint;
BEGIN
  LOCK TABLE kernel_event, kernel_event_cursor, kernel_event_retry, kernel_audit, kernel_audit_seal, kernel_audit_head
    IN EXCLUSIVE MODE;
  SELECT upto_xid, upto_id INTO told_xid, told_id FROM kernel_event_cursor WHERE name = 'relay';
  -- Events stored here since the dump was loaded have higher numbers than all that came with it, and ids of this cluster:
  -- the old cursor seems to have passed them, and has not.
  SELECT max(id) INTO newest FROM (SELECT id FROM kernel_event WHERE xid >= future
                                   UNION ALL SELECT told_id WHERE told_xid >= future) e;
  UPDATE kernel_event SET xid = CASE
    WHEN (xid, id) <= (told_xid, told_id) AND NOT (told_xid >= future AND xid < future AND id > newest) THEN '0'::xid8
    ELSE '1'::xid8 END;
  UPDATE kernel_event_retry r SET event_xid = e.xid FROM kernel_event e WHERE e.id = r.event_id;
  UPDATE kernel_event_cursor SET upto_xid = '0', upto_id = 9223372036854775807;
  ALTER TABLE kernel_audit DISABLE TRIGGER USER;
  ALTER TABLE kernel_audit_seal DISABLE TRIGGER USER;
  UPDATE kernel_audit a SET xid = CASE WHEN s.audit_id IS NULL THEN '1'::xid8 ELSE '0'::xid8 END
    FROM kernel_audit b LEFT JOIN kernel_audit_seal s ON s.audit_id = b.id WHERE b.id = a.id;
  UPDATE kernel_audit_seal SET audit_xid = '0';
  UPDATE kernel_audit_head SET upto_xid = '0', upto_id = 9223372036854775807;
  ALTER TABLE kernel_audit ENABLE TRIGGER USER;
  ALTER TABLE kernel_audit_seal ENABLE TRIGGER USER;
END $rebase$
