"""Call the handlers of events that failed again, now instead of later."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import JobsChanged
from goodfor.kernel.sql import Statement

_RETRY = Statement("goodfor.kernel", "sql/events_retry.sql")


def retry_events(*, shop_id: UUID, event_id: int | None = None, handler: str = "", actor: str, now: datetime) -> int:
    """One waiting handler of the shop's events, or (event_id None) all; how many. The relay calls each once.

    Raises JobsChanged where none waits any more.
    """
    with transaction.atomic():
        count = _RETRY.run({"shop_id": shop_id, "event_id": event_id, "handler": handler, "now": now})
        if count == 0:
            raise JobsChanged
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="kernel.events_retried",
            subject=("event", "all" if event_id is None else str(event_id)),
            data={"count": count, "handler": handler},
            now=now,
        )
    return count
