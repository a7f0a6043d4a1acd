"""Buyers' complaints, told to supply: which supplier's codes they are about."""

from uuid import UUID

from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.orders.events import OrderClaimClosed, OrderClaimOpened
from goodfor.supply.operations.note_complaint import note_complaint, note_complaint_end

_NOT_ABOUT_CODES = frozenset({"changed_mind"})
_UPHELD = frozenset({"refunded", "replaced"})


def listen() -> None:
    """Register both handlers."""
    events.register(OrderClaimOpened, on_opened, name="complaints.on_opened")
    events.register(OrderClaimClosed, on_closed, name="complaints.on_closed")


def on_opened(event: StoredEvent) -> None:
    """A complaint about a line; who changed their mind says nothing about the code."""
    told = event.payload
    if told["reason"] in _NOT_ABOUT_CODES:
        return
    note_complaint(
        shop_id=event.shop_id, claim_id=UUID(told["claim_id"]), line_id=UUID(told["line_id"]), units=told["codes"],
        now=event.occurred_at,
    )  # fmt: skip


def on_closed(event: StoredEvent) -> None:
    """It is over: upheld, or rejected, or withdrawn."""
    upheld = event.payload["state"] in _UPHELD
    note_complaint_end(shop_id=event.shop_id, claim_id=UUID(event.payload["claim_id"]), upheld=upheld)
