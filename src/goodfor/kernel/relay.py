"""The relay: reads stored events in batches behind a gap-free cursor and calls their handlers.

Events are ordered by (transaction id, id) and read only below the snapshot's xmin, so a late commit is never
passed over. Each handler runs in its own transaction together with its mark, so a crash repeats at most calls
whose effect was rolled back. A failing handler goes to a retry table, with its mark, in one transaction: from then on
only the retry calls it, and its row goes away with the effect. It holds nothing else up.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from goodfor.kernel.events import StoredEvent, concerns, handlers_of, prepare
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

NAME = "kernel.relay"
BATCH = 500
MAX_BACKOFF_SECONDS = 3600
log = structlog.get_logger(__name__)
_BATCH = Statement(__package__, "sql/event_batch.sql")


def _stored(row: tuple[Any, ...]) -> StoredEvent:
    xid, event_id, shop_id, name, version, payload, cause_type, cause_id, occurred_at = row
    cause = (cause_type, cause_id) if cause_type else None
    # Django leaves jsonb as text on its connections.
    return StoredEvent(event_id, shop_id, name, version, json.loads(payload), cause, occurred_at, xid)


def _mark(handler_name: str, event: StoredEvent) -> bool:
    """Note that the relay is done with this handler of this event; False when it was before, or a retry has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kernel_event_handled (handler, event_id)
               SELECT %s, %s
               WHERE NOT EXISTS (SELECT 1 FROM kernel_event_retry WHERE event_id = %s AND handler = %s)
               ON CONFLICT DO NOTHING""",
            [handler_name, event.id, event.id, handler_name],
        )
        return bool(cursor.rowcount == 1)


def _call(handler_name: str, event: StoredEvent) -> None:
    """Run one handler once; its mark and its effect commit together."""
    handler = handlers_of(event.name)[handler_name]
    with transaction.atomic():
        if _mark(handler_name, event):
            handler(event)


def _remember_failure(handler_name: str, event: StoredEvent, error: Exception, now: datetime) -> None:
    log.warning("event_handler_failed", handler=handler_name, event_name=event.name, error=type(error).__name__)
    with transaction.atomic(), connection.cursor() as cursor:
        # Killed before the cursor moves, the relay meets the event again: the mark says that it is the retry's now.
        if not _mark(handler_name, event):
            return
        cursor.execute(
            """INSERT INTO kernel_event_retry (handler, event_xid, event_id, next_try_at, error)
               VALUES (%s, %s::text::xid8, %s, %s, %s) ON CONFLICT (event_id, handler) DO NOTHING""",
            [handler_name, event.xid, event.id, now + timedelta(seconds=1), type(error).__name__],
        )


def relay_batch(now: datetime, limit: int = BATCH) -> int:
    """Tell handlers about the next events; returns how many events were passed."""
    with platform_job("event relay"):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_event_cursor VALUES ('relay', '0'::xid8, 0) ON CONFLICT (name) DO NOTHING"
            )
            cursor.execute("SELECT upto_xid::text, upto_id FROM kernel_event_cursor WHERE name = 'relay'")
            upto_xid, upto_id = cursor.fetchone()
        rows = _BATCH.rows({"upto_xid": upto_xid, "upto_id": upto_id, "limit": limit})
        if not rows:
            return 0
        marked: list[int] = []
        for event in map(_stored, rows):
            for handler_name in handlers_of(event.name):
                try:
                    if not concerns(handler_name, event):
                        continue
                    marked.append(event.id)
                    prepare(handler_name, event)
                    _call(handler_name, event)
                except Exception as error:
                    _remember_failure(handler_name, event, error, now)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_event_cursor SET upto_xid = %s::text::xid8, upto_id = %s WHERE name = 'relay'",
                [rows[-1][0], rows[-1][1]],
            )
            if marked:
                cursor.execute("DELETE FROM kernel_event_handled WHERE event_id = ANY(%s)", [marked])
    return len(rows)


def retry_due(now: datetime, limit: int = 100) -> int:
    """Call again the handlers whose retry is due, with exponential backoff; returns how many were tried."""
    with platform_job("event retries"):
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT r.handler, r.attempts, e.xid::text, e.id, e.shop_id, e.name, e.version, e.payload::text,
                          e.cause_type, e.cause_id, e.occurred_at
                   FROM kernel_event_retry r JOIN kernel_event e ON (e.xid, e.id) = (r.event_xid, r.event_id)
                   WHERE r.next_try_at <= %s ORDER BY r.next_try_at LIMIT %s""",
                [now, limit],
            )
            due = cursor.fetchall()
        for handler_name, attempts, *row in due:
            _retry_one(handler_name, attempts, _stored(tuple(row)), now)
    return len(due)


def _retry_one(handler_name: str, attempts: int, event: StoredEvent, now: datetime) -> None:
    handler = handlers_of(event.name).get(handler_name)
    try:
        if handler is not None:
            prepare(handler_name, event)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM kernel_event_retry WHERE event_id = %s AND handler = %s",
                    [event.id, handler_name],
                )
                taken = cursor.rowcount == 1
            if taken and handler is not None:
                handler(event)
    except Exception as error:
        log.warning("event_handler_failed_again", handler=handler_name, attempts=attempts, error=type(error).__name__)
        wait = min(2**attempts, MAX_BACKOFF_SECONDS)
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE kernel_event_retry SET attempts = attempts + 1, next_try_at = %s, error = %s
                   WHERE event_id = %s AND handler = %s""",
                [now + timedelta(seconds=wait), type(error).__name__, event.id, handler_name],
            )


@loop(name=NAME, seconds=0.2)
def relay_loop(now: datetime) -> int:
    """New events first, then what is due again."""
    return relay_batch(now) + retry_due(now)
