"""What nobody picked of a period that is over is carried on, or given as its plan says. Exactly once."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.sql import Statement
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.types import Holder, Source
from goodfor.orders.types import Buyer
from goodfor.subscriptions import states
from goodfor.subscriptions.errors import PeriodNotFound
from goodfor.subscriptions.events import PicksSettled
from goodfor.subscriptions.locks import lock_period
from goodfor.subscriptions.mapping import left_of
from goodfor.subscriptions.models import Period, Subscription, Terms
from goodfor.subscriptions.opened import leaves_nothing
from goodfor.subscriptions.operations.pick import place_pick
from goodfor.subscriptions.operations.steps import being_credited
from goodfor.subscriptions.schedule import DEFAULT_TRIES, REOPENED

log = structlog.get_logger(__name__)

_FULL: Final = Statement("goodfor.subscriptions", "sql/settle_full.sql")
_DUE: Final = Statement("goodfor.subscriptions", "sql/to_settle.sql")
CHUNK: Final = 5_000
BATCH: Final = 200
_LATER: Final = timedelta(hours=1)
#: What a slot that stays open is called in `PicksSettled.given`.
OPEN: Final = "open"


def settle_periods(*, shop_id: UUID, now: datetime) -> int:
    """The next of a shop; how many. Those with nothing left are done at once, each of the others by itself."""
    with transaction.atomic():
        row = _FULL.row({"shop_id": shop_id, "now": now, "most": CHUNK})
    done = int(row[0]) if row else 0
    for (period_id,) in _DUE.rows({"shop_id": shop_id, "now": now, "most": BATCH}):
        try:
            settle_period(shop_id=shop_id, period_id=period_id, now=now)
        except Exception:
            # The others are not to wait for one that stumbles.
            log.exception("subscription_settle_crashed", period=str(period_id))
            with transaction.atomic():
                Period.objects.filter(shop_id=shop_id, id=period_id).update(settle_try_at=now + _LATER)
        done += 1
    return done


def settle_period(*, shop_id: UUID, period_id: UUID, now: datetime) -> str:
    """What became of its open picks: goods, points, nothing, open; empty where it is settled or has to wait.

    Goods that cannot be had are tried for three days; then the picks stay open for a week, and the member is told.
    """
    try:
        with transaction.atomic():
            return _settle(shop_id, period_id, now)
    except DomainError as refused:
        if isinstance(refused, PeriodNotFound):
            raise
        with transaction.atomic():
            return _put_off(shop_id, period_id, now)


def _settle(shop_id: UUID, period_id: UUID, now: datetime) -> str:
    row, period = lock_period(shop_id, period_id)
    if period.settled_at is not None or period.state not in (states.PAID, states.CLOSED) or period.ends_at > now:
        return ""
    if being_credited(period):
        return ""
    if leaves_nothing(row):
        Period.objects.filter(shop_id=shop_id, id=period_id).update(given=period.given + left_of(period))
        _done(row, period, states.NOTHING, 0, (), now)
        return states.NOTHING
    terms = Terms.objects.get(shop_id=shop_id, id=period.terms_id)
    if terms.carry and row.state != states.ENDED and not _carry_on(row, period, terms):
        return ""
    left, given, numbers = left_of(period), terms.default_kind, []
    if left and given == states.GOODS:
        assert terms.default_sku is not None
        buyer = _member(row)
        for slot in range(left):
            made = place_pick(
                row, period, sku_id=terms.default_sku, buyer=buyer, request_key=f"plan:{period.number}:{slot}",
                made_by=states.BY_PLAN, now=now,
            )  # fmt: skip
            numbers.append(made.number)
    elif left and given == states.POINTS:
        give_units(
            shop_id=shop_id, holder=Holder(row.owner), units=left * terms.default_points,
            source=Source("subscription", str(period.id), "unpicked"), currency=period.currency, now=now,
        )  # fmt: skip
    if left and given != states.GOODS and (given == states.POINTS or not _reopened(period, now)):
        Period.objects.filter(shop_id=shop_id, id=period.id).update(given=period.given + left)
    reach("subscriptions.settling")
    _done(row, period, given if left else states.NOTHING, left, tuple(numbers), now)
    return given


def _reopened(period: Period, now: datetime) -> bool:
    """Whether something came back at its end, and may be picked anew for some days."""
    return period.open_until is not None and period.open_until > now


def _carry_on(row: Subscription, period: Period, terms: Terms) -> bool:
    """Into the next period that is paid; false while there is none, and one may come."""
    later = (
        Period.objects.filter(
            shop_id=row.shop_id, subscription_id=row.id, number__gt=period.number,
            state__in=(states.PAID, states.CLOSED),
        )
        .order_by("number")
        .first()
    )  # fmt: skip
    if later is None:
        return False
    carried = min(terms.carry, left_of(period))
    period.carried_out += carried
    Period.objects.filter(shop_id=row.shop_id, id=period.id).update(carried_out=period.carried_out)
    Period.objects.filter(shop_id=row.shop_id, id=later.id).update(carried=later.carried + carried)
    return True


def _done(row: Subscription, period: Period, given: str, left: int, numbers: tuple[str, ...], now: datetime) -> None:
    Period.objects.filter(shop_id=row.shop_id, id=period.id).update(settled_at=now, settle_try_at=None)
    if left and given != states.NOTHING:
        event = PicksSettled(row.id, period.id, row.owner, given, left, numbers)
        publish(shop_id=row.shop_id, event=event, cause=("subscriptions.period", period.id), now=now)


def _put_off(shop_id: UUID, period_id: UUID, now: datetime) -> str:
    row, period = lock_period(shop_id, period_id)
    if period.settled_at is not None:
        return ""
    if now < period.ends_at + DEFAULT_TRIES:
        Period.objects.filter(shop_id=shop_id, id=period_id).update(settle_try_at=now + _LATER)
        return ""
    Period.objects.filter(shop_id=shop_id, id=period_id).update(open_until=now + REOPENED)
    _done(row, period, OPEN, left_of(period), (), now)
    return OPEN


def _member(row: Subscription) -> Buyer:
    """As he orders himself. Raises BuyerNotFound."""
    view = identity.buyer_view(row.shop_id, row.owner)
    held = [identity.contact_of_buyer(row.shop_id, row.owner, kind) for kind in ("email", "phone")]
    contact = next((one.value for one in held if one is not None), "")
    return Buyer(view.ref, contact=contact, locale=view.locale)
