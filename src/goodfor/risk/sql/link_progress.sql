-- How far the events were read, kept for this transaction; with what the server knows now.
-- Events get their numbers before they are committed, so the newest are left alone until no transaction can bring a
-- smaller number any more: `next_id` was the last number given at one look, a second or more later `mark_xid` is the first
-- transaction that had not begun, and once all before that have ended, all up to `seen_id` are there.
SELECT p.done_id, p.seen_id, p.mark_xid, p.next_id, p.marked_at,
    coalesce(pg_sequence_last_value(pg_get_serial_sequence('risk_event', 'id')::regclass), 0),
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
FROM risk_link_progress p
WHERE p.name = 'events'
FOR UPDATE
