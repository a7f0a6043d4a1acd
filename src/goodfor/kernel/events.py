"""Events: facts in the past tense, stored in the transaction that made them true, told to handlers at least once."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from goodfor.kernel.sql import Statement

_INSERT = Statement(__package__, "sql/event_insert.sql")
_INSERT_ALL = Statement(__package__, "sql/events_insert.sql")


@dataclass(frozen=True)
class Event:
    """Base of all events: subclasses are frozen dataclasses with a `name` ("orders.order_paid") and a `version`.

    Fields must be str, int, bool, None, UUID or datetime, or lists and dicts of these; never codes or secrets.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as a handler sees it."""

    id: int
    shop_id: UUID
    name: str
    version: int
    payload: Mapping[str, Any]
    cause: tuple[str, UUID] | None
    occurred_at: datetime
    xid: str = field(default="", repr=False)


Handler = Callable[[StoredEvent], None]
Concern = Callable[[StoredEvent], bool]
_handlers: dict[str, dict[str, Handler]] = {}
_concerns: dict[str, Concern] = {}
_befores: dict[str, Handler] = {}


def register(
    event_class: type[Event],
    handler: Handler,
    *,
    name: str,
    concern: Concern | None = None,
    before: Handler | None = None,
) -> None:
    """Let `handler` hear an event; `name` is its stable identity for exactly-once effects. Wiring only.

    `concern`, where given, is asked first, outside of a transaction: an event that is no concern costs no commit.
    `before` is called outside of a transaction, by the same thread, right before each try: what it raises fails that
    try, and nothing is heard that it was not called for.
    """
    _handlers.setdefault(event_class.name, {})[name] = handler
    if concern is not None:
        _concerns[name] = concern
    if before is not None:
        _befores[name] = before


def concerns(handler_name: str, event: StoredEvent) -> bool:
    """Whether a handler wants to hear this very event."""
    concern = _concerns.get(handler_name)
    return concern is None or concern(event)


def prepare(handler_name: str, event: StoredEvent) -> None:
    """Do what comes before a handler, outside of its transaction."""
    if (before := _befores.get(handler_name)) is not None:
        before(event)


def handlers_of(event_name: str) -> Mapping[str, Handler]:
    """Handlers by their stable name."""
    return _handlers.get(event_name, {})


def handled_names() -> list[str]:
    """Names of events that anyone hears."""
    return list(_handlers)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def payload_text(event: Event) -> str:
    """The payload of an event as JSON text, for rooms whose hot statement stores the event along with its cause."""
    return json.dumps({field.name: _plain(getattr(event, field.name)) for field in fields(event)})


def publish(*, shop_id: UUID, event: Event, now: datetime, cause: tuple[str, UUID] | None = None) -> None:
    """Store an event in the current transaction."""
    _INSERT.run(
        {
            "shop_id": shop_id,
            "name": event.name,
            "version": event.version,
            "payload": payload_text(event),
            "cause_type": cause[0] if cause else None,
            "cause_id": cause[1] if cause else None,
            "now": now,
        }
    )


def publish_all(*, shop_id: UUID, events: Sequence[tuple[Event, tuple[str, UUID]]], now: datetime) -> None:
    """Store events, each with its cause, in the current transaction: one statement, in this order."""
    if events:
        rows = [
            {"name": event.name, "version": event.version, "payload": payload_text(event), "cause_type": cause[0],
             "cause_id": str(cause[1])}
            for event, cause in events
        ]  # fmt: skip
        _INSERT_ALL.run({"shop_id": shop_id, "events": json.dumps(rows), "now": now})
