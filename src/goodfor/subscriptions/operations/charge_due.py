"""Charge periods whose time has come: claimed in a transaction of its own, asked of payments outside of any."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.money import Money
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Unknown
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.tenancy import platform_job
from goodfor.payments.errors import AccountNotFound, AlreadyPaid, ChargeUnderWay
from goodfor.payments.operations.charge_mandate import charge_mandate
from goodfor.subscriptions import states
from goodfor.subscriptions.locks import lock_period
from goodfor.subscriptions.models import Period
from goodfor.subscriptions.operations.note_refused import note_refused
from goodfor.subscriptions.operations.steps import SOURCE, fail_period, move_period
from goodfor.subscriptions.schedule import ASK_AGAIN

log = structlog.get_logger(__name__)

BATCH: Final = 400
SHOPS_AT_ONCE: Final = 4
#: After so many unanswered calls of one shop in a run its other periods wait for the next.
SILENT_CALLS: Final = 3


@dataclass(frozen=True, slots=True)
class _Claimed:
    period_id: UUID
    mandate_id: UUID
    attempt: int
    amount: Money


def charge_due(*, now: datetime, limit: int = BATCH) -> int:
    """The next of all shops; how many were taken up. Never inside a transaction.

    A period that is being charged is asked about by the same key until its end is known: whoever dies in between is
    followed by somebody who does the same, and payments charges a key once.
    """
    require_no_transaction()
    with platform_job("charge subscriptions"):
        due = Period.objects.filter(state__in=states.UNPAID, next_try_at__lte=now).order_by("next_try_at")
        rows = list(due.values_list("shop_id", "id")[:limit])
    by_shop: dict[UUID, list[UUID]] = defaultdict(list)
    for shop_id, period_id in rows:
        by_shop[shop_id].append(period_id)

    def one_shop(item: tuple[UUID, list[UUID]]) -> int:
        shop_id, period_ids = item
        silent = done = 0
        for period_id in period_ids:
            if silent >= SILENT_CALLS:
                break
            try:
                silent += isinstance(charge_period(shop_id=shop_id, period_id=period_id, now=now), Unknown)
            except Exception:
                # The others are not to wait for one that stumbles; it is taken up again.
                log.exception("subscription_charge_crashed", period=str(period_id))
                silent += 1
            done += 1
        return done

    return sum(side_by_side(list(by_shop.items()), one_shop, at_once=SHOPS_AT_ONCE))


def charge_period(*, shop_id: UUID, period_id: UUID, now: datetime) -> Outcome | None:
    """One period; None where nothing is to be charged any more. Never inside a transaction."""
    with transaction.atomic():
        claimed = _claim(shop_id, period_id, now)
    if claimed is None:
        return None
    reach("subscriptions.claimed")
    outcome = _charge(shop_id, claimed, now)
    reach("subscriptions.charged")
    if isinstance(outcome, Rejected):
        note_refused(shop_id=shop_id, period_id=period_id, attempt=claimed.attempt, code=outcome.code, now=now)
    return outcome


def charge_key(period_id: UUID, attempt: int) -> str:
    """The key of a try: the same for ever."""
    return f"{SOURCE}:{period_id}:{attempt}"


def _claim(shop_id: UUID, period_id: UUID, now: datetime) -> _Claimed | None:
    """Written down before it is asked for."""
    row, period = lock_period(shop_id, period_id)
    if period.next_try_at is None or period.next_try_at > now:
        return None
    again = now + ASK_AGAIN
    if period.state == states.DUE:
        ahead = period.kind == states.RENEWAL
        if ahead and (row.stops or row.mandate_over or row.mandate_id is None):
            why = states.CANCELLED if row.stops else states.MANDATE_LOST
            fail_period(period, why, actor="system", now=now)
            return None
        move_period(
            period, states.CHARGING, actor="system", cause=f"attempt:{period.attempt + 1}", now=now,
            attempt=period.attempt + 1, next_try_at=again, mandate_id=row.mandate_id,
        )  # fmt: skip
    else:
        Period.objects.filter(shop_id=shop_id, id=period_id).update(next_try_at=again)
    assert period.mandate_id is not None
    amount = Money(period.price_minor - period.credit_minor, period.currency)
    return _Claimed(period_id, period.mandate_id, period.attempt, amount)


def _charge(shop_id: UUID, claimed: _Claimed, now: datetime) -> Outcome:
    try:
        return charge_mandate(
            shop_id=shop_id, mandate_id=claimed.mandate_id, source_type=SOURCE, source_id=claimed.period_id,
            amount=claimed.amount, business_key=charge_key(claimed.period_id, claimed.attempt), now=now,
        )  # fmt: skip
    except (AlreadyPaid, ChargeUnderWay):
        # An earlier try has its money, or is not over: its end is told.
        return Pending()
    except AccountNotFound:
        # Switched off: tried again like any other refusal, while somebody may switch it on.
        return Rejected("no_account")
