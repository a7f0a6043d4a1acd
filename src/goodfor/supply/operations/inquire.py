"""Ask suppliers about what they sold: state of a code, taking it back, a complaint. Calls are outside transactions."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from goodfor.kernel.clock import utc_now
from goodfor.kernel.crew import Crew
from goodfor.kernel.loops import wake
from goodfor.kernel.relay import NAME as RELAY
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply import states
from goodfor.supply.abilities import abilities
from goodfor.supply.calling import line_to
from goodfor.supply.errors import InquiryNotFound
from goodfor.supply.inquiry_models import BoughtCode, Inquiry
from goodfor.supply.models import Supplier
from goodfor.supply.operations.inquiry_calls import LEASE, Errand, asked, complained, voided
from goodfor.supply.operations.settle_inquiry import Hold, Step, Wait, settle_inquiry
from goodfor.supply.purchase_models import Attempt, Breaker

log = structlog.get_logger(__name__)
_CLAIM: Final = Statement("goodfor.supply", "sql/claim_inquiries.sql")
CALLS_AT_ONCE: Final = 16
_CREW: Final = Crew("supply.inquiries", CALLS_AT_ONCE)
#: A supplier whose breaker is open is looked at again at the latest so much later.
PAUSE: Final = timedelta(seconds=30)


def inquire_due(*, now: datetime, limit: int = 64) -> int:
    """One round, to its end, all shops; how many were looked at."""
    return sum(side_by_side(_claimed(now, limit), lambda one: _inquire(one, now), at_once=CALLS_AT_ONCE))


def keep_inquiring(*, now: datetime) -> int:
    """Hand what is due to the crew, all shops, and do not wait for the answers; how many were handed over."""
    room = _CREW.room()
    return sum(_CREW.take(one, partial(_inquire, one)) for one in _claimed(now, room)) if room else 0


def _claimed(now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    with platform_job("ask suppliers about codes"):
        return [(row[0], row[1]) for row in _CLAIM.rows({"now": now, "limit": limit, "lease": now + LEASE})]


def _inquire(one: tuple[UUID, UUID], now: datetime | None = None) -> int:
    try:
        inquire(shop_id=one[0], inquiry_id=one[1], now=now or utc_now())
        wake(RELAY)
    except Exception:
        log.exception("supply_inquiry_failed", inquiry=str(one[1]))
    return 1


def inquire(*, shop_id: UUID, inquiry_id: UUID, now: datetime) -> str:
    """One step; the state after. Raises InquiryNotFound."""
    row = Inquiry.objects.filter(shop_id=shop_id, id=inquiry_id).first()
    if row is None:
        raise InquiryNotFound
    if row.state not in states.INQUIRY_LIVE:
        return row.state
    supplier = Supplier.objects.get(shop_id=shop_id, id=row.supplier_id)
    broken = Breaker.objects.filter(shop_id=shop_id, supplier_id=supplier.id, item_key="", until__gt=now).first()
    if broken is not None and broken.until is not None:
        hold = Hold(min(broken.until, now + PAUSE))
        return settle_inquiry(shop_id=shop_id, inquiry_id=inquiry_id, step=hold, now=now)
    return settle_inquiry(shop_id=shop_id, inquiry_id=inquiry_id, step=_step(row, supplier, now), now=now)


def _step(row: Inquiry, supplier: Supplier, now: datetime) -> Step:
    line = line_to(supplier, now)
    if line is None:
        # The protocol may come back, or the keys: it is no answer.
        return Wait(sent=row.state == states.INQUIRY_SENT)
    attempt = Attempt.objects.get(shop_id=row.shop_id, id=row.attempt_id)
    bought = BoughtCode.objects.filter(shop_id=row.shop_id, code_id=row.code_id).first() if row.code_id else None
    code_ref = bought.code_ref if bought else ""
    can = abilities(
        line.connector, code_ref=code_ref, order_ref=attempt.ref, units=attempt.quantity,
        voidable=bought.voidable if bought else None,
    )  # fmt: skip
    errand = Errand(row, line, attempt, code_ref, can, now)
    try:
        return {"ask": asked, "void": voided, "complain": complained}[row.kind](errand)
    except Exception as error:
        # A mistake of ours in one connector: what it had sent before is not known.
        log.error("connector_failed", protocol=line.connector.about.protocol, error=type(error).__name__)
        return Wait(sent=row.kind != "ask" and _went_out(row))
    finally:
        line.hang_up(attempt_id=attempt.id, now=now)


def _went_out(row: Inquiry) -> bool:
    state = Inquiry.objects.values_list("state", flat=True).get(shop_id=row.shop_id, id=row.id)
    return state == states.INQUIRY_SENT
