"""Truths of the kernel about events and the places of its loops. Those of the audit trail stand in `audit`."""

from goodfor.kernel.invariants import Invariant

#: Tries of a handler before a person is told: by then it has failed for a quarter of an hour.
MANY_TRIES = 10

INVARIANTS = [
    Invariant(
        name="events_told",
        room="kernel",
        why="what happened below is heard above within seconds, or orders wait for money that has come",
        sql="""
        SELECT e.id::text, e.name || ' since ' || e.occurred_at FROM kernel_event e
        WHERE (e.xid, e.id) > (coalesce((SELECT upto_xid FROM kernel_event_cursor WHERE name = 'relay'), '0'::xid8),
                               coalesce((SELECT upto_id FROM kernel_event_cursor WHERE name = 'relay'), 0))
          AND e.occurred_at < %(now)s - interval '5 minutes'
        """,
    ),
    Invariant(
        name="event_handlers_succeed",
        room="kernel",
        why="a handler that fails again and again leaves an event without its effect: a person must look",
        sql=f"""
        SELECT r.event_id || ' ' || r.handler,
               CASE WHEN e.id IS NULL THEN 'its event is gone' ELSE e.name || ' of ' || e.occurred_at END
               || ', ' || r.attempts || ' tries, ' || r.error
        FROM kernel_event_retry r LEFT JOIN kernel_event e ON e.xid = r.event_xid AND e.id = r.event_id
        WHERE r.attempts > {MANY_TRIES} OR e.id IS NULL
        """,  # noqa: S608
    ),
    Invariant(
        name="places_in_this_cluster",
        room="kernel",
        why="a place that lies in the future came with a dump from another cluster: what is new is taken for old."
        " Run `./goodfor manage after_restore`",
        sql="""
        SELECT place, 'transaction id ' || xid || ' lies in the future' FROM (
            SELECT 'cursor ' || name AS place, upto_xid AS xid FROM kernel_event_cursor
            UNION ALL SELECT 'audit head', upto_xid FROM kernel_audit_head
            UNION ALL (SELECT 'event ' || id, xid FROM kernel_event ORDER BY xid DESC, id DESC LIMIT 1)
            UNION ALL (SELECT 'audit line ' || id, xid FROM kernel_audit ORDER BY xid DESC, id DESC LIMIT 1)
        ) p WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())
        """,
    ),
]
