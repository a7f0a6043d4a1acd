"""Ask again about every purchase of a day, also those that ended long ago. Outside transactions.

Suppliers give money back, deliver late and change their minds without a word; only asking tells. A round goes through a
day's purchases in their order, at the supplier's pace, and its place is a row: a process that dies is followed by one
that goes on there. What an answer changes is booked by `settle_attempt`, which takes the same answer twice.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from goodfor.kernel.clock import utc_now
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.tenancy import platform_job
from goodfor.supply import states
from goodfor.supply.account_models import Finding, SweepDay
from goodfor.supply.calling import Line, line_to
from goodfor.supply.days import next_round, span_of
from goodfor.supply.errors import SupplierNotFound
from goodfor.supply.mapping import order_ref
from goodfor.supply.models import Supplier
from goodfor.supply.operations.carry_out import with_codes
from goodfor.supply.operations.guard import may_call
from goodfor.supply.operations.note_finding import note_finding
from goodfor.supply.operations.settle_attempt import Told, settle_attempt
from goodfor.supply.providers.base import Descriptor
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.providers.values import Doubt, NotFound, Order
from goodfor.supply.purchase_models import Attempt, Want

log = structlog.get_logger(__name__)
#: Questions of one call: a few seconds.
MOST: Final = 50
SUPPLIERS_AT_ONCE: Final = 4
#: No room in the supplier's pace, or nothing but silence: on with it so much later.
PAUSE: Final = timedelta(seconds=5)
LONG_PAUSE: Final = timedelta(minutes=5)
#: So many questions in a row without an answer, and the supplier is left alone for a while.
SILENT: Final = 10
#: What an order that was delivered is called when it is going back.
_BACKWARDS: Final = frozenset({"failed", "cancelling", "cancelled", "refunding", "refunded"})


@dataclass(frozen=True, slots=True)
class SweepOutcome:
    """A day after a call: of this round asked and unanswered; of all rounds changed and refunds. `done`: its end."""

    day: date
    asked: int
    unanswered: int
    changed: int
    refunds: int
    done: bool


def sweep_orders(*, shop_id: UUID, supplier_id: UUID, day: date, now: datetime, most: int = MOST) -> SweepOutcome:
    """Go on with the day's round, at most so many questions; a day that nobody asked about begins its first one.

    Raises SupplierNotFound.
    """
    supplier = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if supplier is None:
        raise SupplierNotFound
    connector = connector_for(supplier.protocol)
    if connector is None:
        SweepDay.objects.filter(shop_id=shop_id, supplier_id=supplier_id, day=day).update(next_at=None)
        return SweepOutcome(day, 0, 0, 0, 0, done=True)
    sweep = enrol(supplier, connector.about, day, now)
    silent = 0
    for attempt in _next(sweep, most):
        answered = _ask(supplier, attempt, now)
        if answered is None:
            return _pause(sweep, PAUSE, now)
        reach("supply.swept")
        if not _step(sweep, attempt, answered=answered):
            # Somebody else is at this round.
            return _outcome(sweep, done=False)
        silent = 0 if answered else silent + 1
        if silent >= SILENT:
            return _pause(sweep, LONG_PAUSE, now)
    if _next(sweep, 1):
        return _pause(sweep, timedelta(0), now)
    return _finish(sweep, connector.about, now)


def enrol(supplier: Supplier, about: Descriptor, day: date, now: datetime) -> SweepDay:
    """The day's row, made if need be."""
    start, end = span_of(day, about.zone, supplier.cutoff_minute)
    row, _new = SweepDay.objects.get_or_create(
        shop_id=supplier.shop_id, supplier_id=supplier.id, day=day,
        defaults={"from_at": start, "until_at": end, "next_at": max(now, end)},
    )  # fmt: skip
    return row


def _next(sweep: SweepDay, most: int) -> list[Attempt]:
    rows = Attempt.objects.filter(
        shop_id=sweep.shop_id, supplier_id=sweep.supplier_id, sent_at__gte=sweep.from_at, sent_at__lt=sweep.until_at
    )
    # What has no end yet is asked about all the time; what lies with a person is asked about here.
    rows = rows.exclude(state__in=states.ASKED)
    if sweep.cursor is not None:
        rows = rows.filter(id__gt=sweep.cursor)
    return list(rows.order_by("id")[:most])


def _ask(supplier: Supplier, attempt: Attempt, now: datetime) -> bool | None:
    """True: answered; None: not now."""
    line = line_to(supplier, max(now, utc_now()))
    if line is None:
        return False
    about = line.connector.about
    if about.found_by == "nothing" or (about.found_by == "ref" and not attempt.ref):
        return False
    if not may_call(
        shop_id=supplier.shop_id, supplier_id=supplier.id, about=about, method="query", now=max(now, utc_now())
    ):
        return None
    want = Want.objects.get(shop_id=supplier.shop_id, id=attempt.want_id)
    told = _question(line, attempt, want)
    line.hang_up(attempt_id=attempt.id, now=utc_now())
    settle_attempt(
        shop_id=supplier.shop_id, attempt_id=attempt.id, told=told, about=about, actor="sweep", now=max(now, utc_now())
    )  # fmt: skip
    if isinstance(told.answer, Order):
        _compare(attempt, told.answer, max(now, utc_now()))
        return True
    return isinstance(told.answer, NotFound) and attempt.state == states.REJECTED


def _question(line: Line, attempt: Attempt, want: Want) -> Told:
    ref = order_ref(attempt)
    try:
        found = line.connector.purchase.query(line.site, line.wire, ref)
        if not isinstance(found, Order):
            return Told(found, asking=True)
        if want.kind == "code" and attempt.state not in states.WITH_GOODS and not attempt.claimed_minor:
            return with_codes(line, ref, found)
        return Told(found, asking=True)
    except Exception as error:
        log.error("connector_failed", protocol=line.connector.about.protocol, error=type(error).__name__)
        return Told(Doubt("crashed"), asking=True)


@transaction.atomic
def _compare(attempt: Attempt, order: Order, now: datetime) -> None:
    """What they say that moves no money: another word for what came, money kept for what did not."""
    word = (order.message or order.word or order.state)[:64]
    if attempt.state in states.WITH_GOODS and order.state in _BACKWARDS and order.refunded <= attempt.refunded:
        if not attempt.refunded:
            note_finding(attempt, "word", mark=word, amount=None, told_by="sweep", now=now, is_open=True)
    elif attempt.state in states.WITHOUT and not attempt.claimed_minor and order.state in _BACKWARDS:
        kept = (order.charged or 0) - order.refunded
        if kept > 0:
            note_finding(attempt, "kept", mark=word, amount=kept, told_by="sweep", now=now)


def _step(sweep: SweepDay, attempt: Attempt, *, answered: bool) -> bool:
    """On to the next one, if the round still stands where it stood."""
    rows = SweepDay.objects.filter(shop_id=sweep.shop_id, supplier_id=sweep.supplier_id, day=sweep.day)
    rows = rows.filter(cursor__isnull=True) if sweep.cursor is None else rows.filter(cursor=sweep.cursor)
    fresh: dict[str, Any] = {"asked": 0, "unanswered": 0} if sweep.cursor is None else {}
    moved = rows.filter(rounds=sweep.rounds).update(
        cursor=attempt.id,
        asked=fresh.get("asked", F("asked")) + 1,
        unanswered=fresh.get("unanswered", F("unanswered")) + (0 if answered else 1),
    )
    if moved:
        sweep.cursor = attempt.id
    return moved == 1


def _pause(sweep: SweepDay, pause: timedelta, now: datetime) -> SweepOutcome:
    rows = SweepDay.objects.filter(shop_id=sweep.shop_id, supplier_id=sweep.supplier_id, day=sweep.day)
    rows.filter(rounds=sweep.rounds).update(next_at=max(now, utc_now()) + pause, **_found(sweep))
    return _outcome(sweep, done=False)


def _finish(sweep: SweepDay, about: Descriptor, now: datetime) -> SweepOutcome:
    rows = SweepDay.objects.filter(shop_id=sweep.shop_id, supplier_id=sweep.supplier_id, day=sweep.day)
    empty: dict[str, Any] = {"asked": 0, "unanswered": 0} if sweep.cursor is None else {}
    rows.filter(rounds=sweep.rounds).update(
        cursor=None, rounds=sweep.rounds + 1, ended_at=now, **_found(sweep), **empty,
        next_at=next_round(until_at=sweep.until_at, found_days=about.found_days, now=now),
    )  # fmt: skip
    return _outcome(sweep, done=True)


def _found(sweep: SweepDay) -> dict[str, int]:
    """Counted from what was found, so that nothing is counted twice or lost."""
    found = Finding.objects.filter(
        shop_id=sweep.shop_id, supplier_id=sweep.supplier_id, told_by="sweep", at__gte=sweep.from_at,
        attempt_id__in=Attempt.objects.filter(
            shop_id=sweep.shop_id, supplier_id=sweep.supplier_id, sent_at__gte=sweep.from_at,
            sent_at__lt=sweep.until_at,
        ).values("id"),
    )  # fmt: skip
    return {"changed": found.count(), "refunds": found.filter(kind__in=("refund", "claim")).count()}


def _outcome(sweep: SweepDay, *, done: bool) -> SweepOutcome:
    row = SweepDay.objects.get(shop_id=sweep.shop_id, supplier_id=sweep.supplier_id, day=sweep.day)
    return SweepOutcome(row.day, row.asked, row.unanswered, row.changed, row.refunds, done)


def sweep_due(*, now: datetime, limit: int = 256) -> int:
    """Days whose time has come, all shops, one day of a supplier at a time; how many are not done."""
    with platform_job("ask again about purchases of past days"):
        rows = SweepDay.objects.filter(next_at__lte=now).order_by("supplier_id", "next_at").distinct("supplier_id")
        due = list(rows.values_list("shop_id", "supplier_id", "day")[:limit])

    def work(one: tuple[UUID, UUID, date]) -> int:
        shop_id, supplier_id, day = one
        try:
            out = sweep_orders(shop_id=shop_id, supplier_id=supplier_id, day=day, now=now)
            return 1 if not out.done else 0
        except Exception:
            log.exception("supply_sweep_of_day_failed", supplier=str(supplier_id))
            rows = SweepDay.objects.filter(shop_id=shop_id, supplier_id=supplier_id, day=day)
            rows.update(next_at=now + LONG_PAUSE)
            return 0

    return sum(side_by_side(due, work, at_once=SUPPLIERS_AT_ONCE))
