"""The loops of finance."""

from datetime import datetime

import structlog

from goodfor.finance.operations.book_fees import book_fees, take_bill
from goodfor.finance.operations.end_orders import end_orders
from goodfor.finance.operations.follow_books import follow_books
from goodfor.finance.operations.rebook_agreement import rebook_agreement
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
        due = _BILLS.rows({"limit": BILLS})
    done = 0
    for shop_id, bill_id in due:
        try:
            done += take_bill(shop_id=shop_id, bill_id=bill_id, now=now)
            for _ in range(PIECES):
                booked = book_fees(shop_id=shop_id, bill_id=bill_id, now=now)
                done += booked
                if not booked:
                    break
        except Exception as error:
            log.error("fees_failed", shop_id=str(shop_id), bill_id=str(bill_id), error=type(error).__name__)
    return done


@loop(name="finance.rebook", seconds=30.0)
def rebook(now: datetime) -> int:
    """Book the differences that agreements make which were dated back; how many lines were looked at."""
    with platform_job("agreements dated back"):
        due = list(Backdate.objects.filter(done_at__isnull=True).order_by("started_at").values_list(
            "shop_id", "agreement_id"))[:BILLS]  # fmt: skip
    done = 0
    for shop_id, agreement_id in due:
        try:
            done += rebook_agreement(shop_id=shop_id, agreement_id=agreement_id, now=now)
        except Exception as error:
            log.error("rebook_failed", shop_id=str(shop_id), agreement_id=str(agreement_id), error=type(error).__name__)
    return done


@loop(name="finance.end", seconds=600.0)
def end(now: datetime) -> int:
    """Make final what is over; how many."""
    return end_orders(now=now)
