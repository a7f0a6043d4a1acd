"""The loops of finance."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog

from goodfor.finance import states
from goodfor.finance.operations.book_fees import book_fees, take_bill
from goodfor.finance.operations.end_orders import end_orders
from goodfor.finance.operations.follow_books import follow_books
from goodfor.finance.operations.note_errand import note_stuck, note_went_on
from goodfor.finance.operations.rebook_agreement import rebook_agreement
from goodfor.finance.profit_models import StuckErrand
from goodfor.finance.sold_models import Backdate
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: Bills a run, and pieces of one bill or agreement a run: the loop is called again at once while there is more.
BILLS, PIECES = 5, 10
_BILLS = Statement(__package__, "sql/bills_due.sql")
log = structlog.get_logger(__name__)


@loop(name="finance.follow", seconds=1.0)
def follow(now: datetime) -> int:
    """Follow the orders that something was posted with. Always nothing to tell: it takes its second's rest.

    Sales go first: a stretch a second is some two hundred orders, and what comes faster is followed a little later.
    """
    follow_books(now=now)
    return 0


@loop(name="finance.fees", seconds=60.0)
def fees(now: datetime) -> int:
    """Book the fees of bills that were imported; how many lines. A bill that fails holds the others up no longer."""
    with platform_job("bills to take in"):
        due = _BILLS.rows({"limit": BILLS, "now": now})
    return sum(_errand(states.BILL, shop_id, bill_id, now, _book_bill) for shop_id, bill_id in due)


def _book_bill(shop_id: UUID, bill_id: UUID, now: datetime) -> int:
    done = take_bill(shop_id=shop_id, bill_id=bill_id, now=now)
    for _ in range(PIECES):
        booked = book_fees(shop_id=shop_id, bill_id=bill_id, now=now)
        done += booked
        if not booked:
            break
    return done


def _errand(
    kind: str, shop_id: UUID, subject_id: UUID, now: datetime, go: Callable[[UUID, UUID, datetime], int]
) -> int:
    """One that fails is noted and waits, so that it keeps no other waiting."""
    try:
        done = go(shop_id, subject_id, now)
    except Exception as error:
        name = type(error).__name__
        log.error("errand_failed", kind=kind, shop_id=str(shop_id), subject_id=str(subject_id), error=name)
        note_stuck(shop_id=shop_id, kind=kind, subject_id=subject_id, problem=name, now=now)
        return 0
    note_went_on(shop_id=shop_id, subject_id=subject_id)
    return done


@loop(name="finance.rebook", seconds=30.0)
def rebook(now: datetime) -> int:
    """Book the differences that agreements make which were dated back; how many lines were looked at."""
    with platform_job("agreements dated back"):
        waiting = StuckErrand.objects.filter(kind=states.AGREEMENT, next_at__gt=now).values("subject_id")
        rows = Backdate.objects.filter(done_at__isnull=True).exclude(agreement_id__in=waiting)
        due = list(rows.order_by("started_at").values_list("shop_id", "agreement_id")[:BILLS])
    return sum(_errand(states.AGREEMENT, shop_id, agreement_id, now, _rebook) for shop_id, agreement_id in due)


def _rebook(shop_id: UUID, agreement_id: UUID, now: datetime) -> int:
    return rebook_agreement(shop_id=shop_id, agreement_id=agreement_id, now=now)


@loop(name="finance.end", seconds=600.0)
def end(now: datetime) -> int:
    """Make final what is over; how many."""
    return end_orders(now=now)
