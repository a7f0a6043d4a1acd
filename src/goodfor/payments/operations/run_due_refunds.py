"""Go on with refunds whose time has come: payments side by side, the refunds of one payment one after the other."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final
from uuid import UUID

import structlog
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.tenancy import platform_job
from goodfor.payments import states
from goodfor.payments.models import Refund
from goodfor.payments.operations.execute_refund import execute_refund
from goodfor.payments.schedule import LEASE

log = structlog.get_logger(__name__)

CALLS_AT_ONCE: Final = 8
#: After so many unanswered calls to one account in a run, the rest of its refunds wait for the next.
SILENT_CALLS: Final = 2
#: A run takes nothing up after so long: leases are counted from its beginning and must outlast the calls.
TAKE_SECONDS: Final = LEASE.total_seconds() / 3


@dataclass(slots=True)
class _Errand:
    """The due refunds of one payment: a channel may want a pause between them, so they do not overtake each other."""

    shop_id: UUID
    account_id: UUID
    refunds: list[UUID] = field(default_factory=list)


class _Silence:
    """Counts, for all threads of a run, the calls to an account that were not answered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: dict[UUID, int] = {}

    def lasts(self, account_id: UUID) -> bool:
        """Nobody answers there: call no more in this run."""
        return self._calls.get(account_id, 0) >= SILENT_CALLS

    def note(self, account_id: UUID) -> None:
        """One more call without an answer."""
        with self._lock:
            self._calls[account_id] = self._calls.get(account_id, 0) + 1


def run_due_refunds(*, now: datetime, limit: int = 64) -> int:
    """All shops; returns how many refunds were tried. Never inside a transaction.

    The accounts take turns, so that one whose channel is dead keeps the refunds of no other waiting.
    """
    require_no_transaction()
    silence, began = _Silence(), time.monotonic()

    def work(errand: _Errand) -> int:
        tried = 0
        for refund_id in errand.refunds:
            if silence.lasts(errand.account_id) or time.monotonic() - began > TAKE_SECONDS:
                break
            tried += 1
            if not _answered(errand.shop_id, refund_id, now):
                silence.note(errand.account_id)
        return tried

    return sum(side_by_side(_due(now, limit), work, at_once=CALLS_AT_ONCE))


def _due(now: datetime, limit: int) -> list[_Errand]:
    turn = Window(RowNumber(), partition_by=F("payment__account_id"), order_by=F("next_try_at").asc())
    with platform_job("run due refunds"):
        rows = list(
            Refund.objects.filter(next_try_at__lte=now)
            .annotate(turn=turn)
            .order_by("turn", "next_try_at")
            .values_list("shop_id", "payment__account_id", "payment_id", "id")[:limit]
        )
    errands: dict[UUID, _Errand] = {}
    for shop_id, account_id, payment_id, refund_id in rows:
        errands.setdefault(payment_id, _Errand(shop_id, account_id)).refunds.append(refund_id)
    return list(errands.values())


def _answered(shop_id: UUID, refund_id: UUID, now: datetime) -> bool:
    """Try one; False when its channel did not answer. A crash is an unknown end: asked about when the lease is over."""
    try:
        view = execute_refund(shop_id=shop_id, refund_id=refund_id, now=now)
    except Exception:
        log.exception("refund_crashed", refund=str(refund_id))
        return False
    return view.state != states.UNKNOWN and not (view.state == states.CREATED and view.failure)
