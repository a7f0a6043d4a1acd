"""A supplier calls: verified over the raw bytes, then taken as a hint. What it says is asked for by the loops."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.mapping import site_of
from goodfor.supply.models import Item, Supplier
from goodfor.supply.operations.hear_ticket import hear_ticket
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.providers.values import Call, CallProblem, Event, ItemEvent, OrderEvent, TicketEvent
from goodfor.supply.purchase_models import Attempt
from goodfor.supply.purchase_models import Heard as HeardRow

log = structlog.get_logger(__name__)
MAX_BODY: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets, byte by byte."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


#: The same for an address that is not there and for a signature that is wrong: nobody learns which.
_NO: Final = Answer(404)


def hear_call(*, hook: str, call: Call, now: datetime) -> Answer:
    """Never raises for what came. A repeat is acknowledged like the first."""
    with platform_job("whose hook is called"):
        supplier = Supplier.objects.filter(hook=hook).first() if 0 < len(hook) <= 64 else None
    connector = connector_for(supplier.protocol) if supplier else None
    if supplier is None or connector is None or connector.webhook is None or len(call.body) > MAX_BODY:
        return _NO
    try:
        heard = connector.webhook.hear(site_of(supplier), call, now.timestamp())
    except (CallProblem, DecryptFailed) as problem:
        log.warning("supply_call_refused", supplier=str(supplier.id), problem=getattr(problem, "code", "sealed"))
        return _NO
    except Exception as error:
        log.error("connector_failed", protocol=supplier.protocol, error=type(error).__name__)
        return _NO
    _note(supplier, heard.key, heard.events, now)
    # What has no body says so: some repeat a call whose answer is 200 and empty.
    return Answer(200, heard.ack, heard.ack_type) if heard.ack else Answer(204)


@transaction.atomic
def _note(supplier: Supplier, key: str, events: tuple[Event, ...], now: datetime) -> None:
    row = HeardRow(
        shop_id=supplier.shop_id, supplier_id=supplier.id, key=key[:80], at=now, sent_at=_sent_at(supplier, events)
    )
    made = HeardRow.objects.bulk_create([row], ignore_conflicts=True)
    assert made
    for event in events:
        if isinstance(event, OrderEvent):
            nudge(shop_id=supplier.shop_id, supplier_id=supplier.id, number=event.number, ref=event.ref, now=now)
        elif isinstance(event, ItemEvent):
            Item.objects.filter(shop_id=supplier.shop_id, supplier_id=supplier.id, item_id=event.item_id[:64]).update(
                hint_at=now
            )
        elif isinstance(event, TicketEvent):
            hear_ticket(shop_id=supplier.shop_id, supplier_id=supplier.id, event=event, now=now)


def _sent_at(supplier: Supplier, events: tuple[Event, ...]) -> datetime | None:
    """Of the purchase that the call tells of first: how long such calls take is shown."""
    for event in events:
        if isinstance(event, OrderEvent):
            return (
                _named(supplier.shop_id, supplier.id, event.number, event.ref).values_list("sent_at", flat=True).first()
            )
    return None


def nudge(*, shop_id: UUID, supplier_id: UUID, number: str, ref: str, now: datetime) -> None:
    """Have a purchase asked about now; one that has ended too: money may have come back."""
    # While the buying call is still out, its own answer comes first; the question follows a second later by schedule.
    _named(shop_id, supplier_id, number, ref).exclude(state="sending").update(next_at=now)


def _named(shop_id: UUID, supplier_id: UUID, number: str, ref: str) -> QuerySet[Attempt]:
    known = Attempt.objects.filter(shop_id=shop_id, supplier_id=supplier_id)
    return known.filter(number=number[:18]) if number else known.filter(ref=ref[:64])
