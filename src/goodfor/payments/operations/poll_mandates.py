"""Ask about mandates whose time has come, of all shops: one after the other at a channel, channels side by side."""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.tenancy import platform_job
from goodfor.payments.mandate_models import Mandate
from goodfor.payments.models import Payment
from goodfor.payments.operations.ask_mandate import answered
from goodfor.payments.operations.go_on_charging import charge_answered
from goodfor.payments.schedule import LEASE
from goodfor.payments.types import MANDATE

log = structlog.get_logger(__name__)

CALLS_AT_ONCE: Final = 8
#: After so many unanswered calls to one account in a run, the rest of it waits for the next.
SILENT_CALLS: Final = 2
#: Of one account in a run, so that its calls are over before their leases are.
OF_ONE_ACCOUNT: Final = 8
_Due = tuple[UUID, UUID, UUID]


def poll_mandates(*, now: datetime, limit: int = 64) -> int:
    """Those not signed yet, and those whose end their channel does not know; how many. Never in a transaction."""
    with platform_job("ask about mandates"):
        due = Mandate.objects.filter(next_ask_at__lte=now)
        rows = _in_turn(due, "next_ask_at", limit)

    def ask(shop_id: UUID, mandate_id: UUID) -> bool:
        with transaction.atomic():
            mine = Mandate.objects.filter(shop_id=shop_id, id=mandate_id, next_ask_at__lte=now)
            if not mine.update(next_ask_at=now + LEASE):
                return True
        return answered(shop_id=shop_id, mandate_id=mandate_id, now=now)

    return _work(rows, ask)


def run_due_charges(*, now: datetime, limit: int = 64) -> int:
    """Go on with charges: announce, send, ask; how many. Never inside a transaction."""
    with platform_job("run due charges"):
        due = Payment.objects.filter(next_poll_at__lte=now, method=MANDATE)
        rows = _in_turn(due, "next_poll_at", limit)
    return _work(rows, lambda shop_id, payment_id: charge_answered(shop_id=shop_id, payment_id=payment_id, now=now))


def _in_turn(due: "QuerySet[Any]", at: str, limit: int) -> list[_Due]:
    """(account, shop, id): accounts take turns, so that one that is dead keeps nobody else waiting."""
    turn = Window(RowNumber(), partition_by=F("account_id"), order_by=F(at).asc())
    rows = due.annotate(turn=turn).filter(turn__lte=OF_ONE_ACCOUNT).order_by("turn", at)
    return list(rows.values_list("account_id", "shop_id", "id")[:limit])


def _work(rows: list[_Due], act: Callable[[UUID, UUID], bool]) -> int:
    require_no_transaction()

    def one_account(errands: list[_Due]) -> int:
        silent = tried = 0
        for _account_id, shop_id, row_id in errands:
            if silent >= SILENT_CALLS:
                break
            tried += 1
            try:
                silent += not act(shop_id, row_id)
            except Exception:
                # The others are not to wait for one that stumbles: its lease ends, it is taken up again.
                log.exception("mandate_crashed", row=str(row_id))
                silent += 1
        return tried

    by_account = [list(group) for _key, group in groupby(sorted(rows, key=lambda row: row[0]), key=lambda row: row[0])]
    return sum(side_by_side(by_account, one_account, at_once=CALLS_AT_ONCE))
