"""Ask about purchases whose end is not known, and take up what a dead process left. Outside transactions."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog

from goodfor.kernel.clock import utc_now
from goodfor.kernel.crew import Crew
from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.loops import wake
from goodfor.kernel.relay import NAME as RELAY
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply import states
from goodfor.supply.calling import Line, line_to
from goodfor.supply.errors import AttemptNotFound
from goodfor.supply.mapping import form_of, order_ref
from goodfor.supply.models import Supplier
from goodfor.supply.operations.carry_out import GONE, request_of, with_codes
from goodfor.supply.operations.guard import may_call
from goodfor.supply.operations.open_calls import OPEN_QUESTIONS
from goodfor.supply.operations.settle_attempt import Told, settle_attempt
from goodfor.supply.providers.values import Doubt, Order, Refused
from goodfor.supply.purchase_models import Attempt, Want

log = structlog.get_logger(__name__)
_CLAIM: Final = Statement("goodfor.supply", "sql/claim_attempts.sql")
LEASE: Final = timedelta(seconds=90)
CALLS_AT_ONCE: Final = 16
_ASKERS: Final = Crew("supply.ask", CALLS_AT_ONCE)
#: The pace of a supplier has no room: look again so much later.
LATER: Final = timedelta(seconds=2)


def ask_due(*, now: datetime, limit: int = 64) -> int:
    """One round, to its end, all shops; how many were asked about."""
    return sum(side_by_side(_claimed(now, limit), lambda one: _ask(one, now), at_once=CALLS_AT_ONCE))


def keep_asking(*, now: datetime) -> int:
    """Hand what is due to the crew, all shops, and do not wait for the answers; how many were handed over."""
    room = _ASKERS.room()
    return sum(_ASKERS.take(one, partial(_ask, one)) for one in _claimed(now, room)) if room else 0


def _claimed(now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    with platform_job("ask about purchases"):
        return [(row[0], row[1]) for row in _CLAIM.rows({"now": now, "limit": limit, "lease": now + LEASE})]


def _ask(one: tuple[UUID, UUID], now: datetime | None = None) -> int:
    try:
        ask(shop_id=one[0], attempt_id=one[1], now=now or utc_now())
        wake(RELAY)
    except Exception:
        log.exception("supply_question_failed", attempt=str(one[1]))
    return 1


def ask(*, shop_id: UUID, attempt_id: UUID, now: datetime) -> str:
    """One question; the attempt's state after. Raises AttemptNotFound."""
    attempt = Attempt.objects.filter(shop_id=shop_id, id=attempt_id).first()
    if attempt is None:
        raise AttemptNotFound
    supplier = Supplier.objects.get(shop_id=shop_id, id=attempt.supplier_id)
    want = Want.objects.get(shop_id=shop_id, id=attempt.want_id)
    line = line_to(supplier, now)
    if line is None:
        told = Told(Doubt("no_protocol"), asking=True)
        return settle_attempt(shop_id=shop_id, attempt_id=attempt_id, told=told, about=GONE, now=now)
    about = line.connector.about
    place: dict[str, Any] = {"shop_id": shop_id, "supplier_id": supplier.id, "about": about}
    if OPEN_QUESTIONS.full(supplier.id) or not may_call(method="query", now=now, **place):
        Attempt.objects.filter(shop_id=shop_id, id=attempt_id, state=attempt.state).update(next_at=now + LATER)
        return attempt.state
    with OPEN_QUESTIONS.at(supplier.id):
        told = _question(line, attempt, want)
    line.hang_up(attempt_id=attempt_id, now=now)
    return settle_attempt(shop_id=shop_id, attempt_id=attempt_id, told=told, about=about, now=now)


def _question(line: Line, attempt: Attempt, want: Want) -> Told:
    about, ref = line.connector.about, order_ref(attempt)
    lost = attempt.state in (states.SENDING, states.UNKNOWN)
    try:
        line.wire.conceal(form_of(want).values())
        if lost and about.repeat == "same" and about.found_by in ("ref", "nothing") and not attempt.ref:
            # The same once more gives the order that is there: nothing is bought twice. A no to the repeat (a wrong
            # clock, a pace, no money left) says nothing about the first: only an order does.
            answer = line.connector.purchase.place(line.site, line.wire, request_of(line, attempt, want))
            return Told(Doubt(answer.why), asking=True) if isinstance(answer, Refused) else Told(answer, asking=True)
        if about.found_by == "nothing" or (about.found_by == "ref" and not attempt.ref):
            return Told(Doubt("cannot_be_asked"), asking=True)
        found = line.connector.purchase.query(line.site, line.wire, ref)
        return with_codes(line, ref, found) if isinstance(found, Order) else Told(found, asking=True)
    except DecryptFailed:
        return Told(Doubt("form"), asking=True)
    except Exception as error:
        log.error("connector_failed", protocol=about.protocol, error=type(error).__name__)
        return Told(Doubt("crashed"), asking=True)
