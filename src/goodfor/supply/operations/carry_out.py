"""Send a purchase that was written down, and go on to the next supplier when this one said no. Outside transactions."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog

from goodfor.kernel.clock import utc_now
from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.faultpoints import reach
from goodfor.supply import states
from goodfor.supply.asked import told as told_form
from goodfor.supply.calling import Line, line_to
from goodfor.supply.mapping import form_of, order_ref, tidy
from goodfor.supply.notify_url import notify_url
from goodfor.supply.operations.ask_price import ask_price
from goodfor.supply.operations.begin_attempt import Begun, begin_attempt
from goodfor.supply.operations.guard import may_call
from goodfor.supply.operations.open_calls import OPEN_CALLS
from goodfor.supply.operations.settle_attempt import Told, settle_attempt
from goodfor.supply.providers.base import Descriptor
from goodfor.supply.providers.values import (
    Accepted,
    Delivered,
    Doubt,
    Order,
    OrderRef,
    Placed,
    PlaceRequest,
    Refused,
)
from goodfor.supply.purchase_models import Attempt, Want

log = structlog.get_logger(__name__)
#: A supplier that is called no more: what the hub needs to know of a protocol that is gone.
GONE: Final = Descriptor("", "", frozenset(), "unsafe", "nothing", "none", inline=True, calls="nothing")


def buy(*, shop_id: UUID, want_id: UUID, now: datetime) -> int:
    """Buy for a want until somebody has it, nobody can, or it is not known; how many purchases were sent."""
    sent = 0
    at = now
    while (begun := begin_attempt(shop_id=shop_id, want_id=want_id, now=at)) is not None:
        reach("supply.begun")
        sent += 1
        if carry_out(begun, at) not in states.ENDED:
            break
        at = max(now, utc_now())
    return sent


def carry_out(begun: Begun, now: datetime) -> str:
    """One purchase: the attempt's state after."""
    attempt, want = begun.attempt, begun.want
    line = line_to(begun.supplier, now)
    if line is None:
        told = Told(Refused("config", "", "protocol or secrets are gone"))
        return settle_attempt(shop_id=attempt.shop_id, attempt_id=attempt.id, told=told, about=GONE, now=now)
    with OPEN_CALLS.at(begun.supplier.id):
        told = _place(line, attempt, want)
    reach("supply.called")
    after = utc_now()
    line.hang_up(attempt_id=attempt.id, now=now)
    return settle_attempt(
        shop_id=attempt.shop_id, attempt_id=attempt.id, told=told, about=line.connector.about, now=max(now, after)
    )


def request_of(line: Line, attempt: Attempt, want: Want) -> PlaceRequest:
    """The same for every try of the same purchase; what the buyer filled in stays out of records.

    Raises DecryptFailed.
    """
    form = form_of(want)
    if "form" in attempt.trace:
        form = told_form(attempt.trace["form"], form)
    line.wire.conceal(form.values())
    return PlaceRequest(
        number=attempt.number,
        item_id=attempt.item_id,
        quantity=attempt.quantity // attempt.multiple,
        max_cost=tidy(attempt.max_cost),
        currency=attempt.currency,
        sku_id=attempt.variant,
        form=form,
        notify_url=notify_url(line.supplier),
        channel=want.channel,
    )


def _place(line: Line, attempt: Attempt, want: Want) -> Told:
    try:
        dear = ask_price(line, attempt)
        if dear is not None:
            return Told(dear)
        answer: Placed = line.connector.purchase.place(line.site, line.wire, request_of(line, attempt, want))
    except DecryptFailed:
        return Told(Refused("request", "", "the form cannot be opened"))
    except Exception as error:
        # A mistake of ours in one connector: what it had sent before is not known.
        log.error("connector_failed", protocol=line.connector.about.protocol, error=type(error).__name__)
        return Told(Doubt("crashed"))
    if isinstance(answer, Accepted) and want.kind == "code" and not line.connector.about.inline:
        # Many have it the moment they take the order; what is not there yet is asked for on the schedule.
        return _at_once(line, attempt, answer)
    if isinstance(answer, Delivered) and not answer.codes and want.kind == "code":
        return _at_once(line, attempt, Accepted(answer.ref, answer.cost))
    return Told(answer)


def _at_once(line: Line, attempt: Attempt, answer: Accepted) -> Told:
    known = replace(order_ref(attempt), ref=answer.ref or attempt.ref)
    place: dict[str, Any] = {"shop_id": attempt.shop_id, "supplier_id": attempt.supplier_id}
    if not may_call(about=line.connector.about, method="query", now=utc_now(), **place):
        return Told(answer)
    try:
        found = line.connector.purchase.query(line.site, line.wire, known)
        if isinstance(found, Order) and found.state == "success":
            told = with_codes(line, known, found)
            return replace(told, answer=replace(found, charged=found.charged or answer.cost), asking=False)
    except Exception as error:
        log.error("connector_failed", protocol=line.connector.about.protocol, error=type(error).__name__)
    return Told(answer)


def with_codes(line: Line, ref: OrderRef, found: Order) -> Told:
    """The codes too, where they are to be fetched apart. May raise what a connector raises by mistake."""
    if found.codes or not found.has_codes:
        return Told(found, found.codes, asking=True)
    # Their number may have become known by this very answer, and some give codes by it alone.
    fetched = line.connector.purchase.codes(line.site, line.wire, replace(ref, ref=found.ref or ref.ref))
    if isinstance(fetched, tuple):
        return Told(found, fetched, asking=True)
    return Told(fetched if isinstance(fetched, Doubt) else Doubt("no_codes"), asking=True)
