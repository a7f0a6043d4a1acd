"""A member picks one of his plan's goods: an order, paid by the period. Once, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.orders import queries as orders
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer, HoldOrder, LineRequest
from goodfor.subscriptions import accounts, states
from goodfor.subscriptions.errors import ChargeRunning, NothingToPick, NotInPlan
from goodfor.subscriptions.locks import lock_subscription
from goodfor.subscriptions.models import Period, Pick, Subscription, Terms
from goodfor.subscriptions.opened import open_periods
from goodfor.subscriptions.operations.steps import being_credited
from goodfor.subscriptions.types import Picked


@transaction.atomic(savepoint=False)
def pick(
    *, shop_id: UUID, subscription_id: UUID, owner: UUID, sku_id: UUID, buyer: Buyer, request_key: str, now: datetime,
    form: Mapping[str, str] | None = None, hold: HoldOrder | None = None, order_id: UUID | None = None,
) -> Picked:  # fmt: skip
    """One of the choice, ordered for the member and paid by his period; the same answer to the same request.

    `form`: what a top-up asks for; `hold`, `order_id`: as in place_order. Where picks of two periods are open, the
    older that has such goods is used. Raises SubscriptionNotFound, NothingToPick, NotInPlan, ChargeRunning (an upgrade
    that takes them into account), and what placing and paying an order raise; then nothing changed.
    """
    row = lock_subscription(shop_id, subscription_id, owner)
    if (again := answered(row, request_key)) is not None:
        return again
    period = _open_period(row, sku_id, now)
    return place_pick(
        row, period, sku_id=sku_id, buyer=buyer, request_key=request_key, made_by=states.MEMBER, form=form, hold=hold,
        order_id=order_id, now=now,
    )  # fmt: skip


def answered(row: Subscription, request_key: str) -> Picked | None:
    """What a request did before; None: nothing yet."""
    made = Pick.objects.filter(
        shop_id=row.shop_id, subscription_id=row.id, request_key=request_key[:40]
    ).first()  # fmt: skip
    if made is None:
        return None
    order = orders.order_view(row.shop_id, made.order_id)
    return Picked(order.id, order.number, order.state)


def place_pick(
    row: Subscription, period: Period, *, sku_id: UUID, buyer: Buyer, request_key: str, made_by: str, now: datetime,
    form: Mapping[str, str] | None = None, hold: HoldOrder | None = None, order_id: UUID | None = None,
) -> Picked:  # fmt: skip
    """In the caller's transaction, with the subscription held: the order, its payment, the slot and the books."""
    shop_id = row.shop_id
    if sku_id not in _skus(period):
        raise NotInPlan
    placed = place_order(
        shop_id=shop_id, lines=[LineRequest(sku_id, 1, form or {})], buyer=buyer, channel="storefront", hold=hold,
        order_id=order_id, now=now,
    )  # fmt: skip
    order = orders.order_view(shop_id, placed.order_id)
    minor = order.total.amount_minor
    if order.total.currency != period.currency or minor < 1:
        raise NotInPlan
    paid = pay_from_credit(shop_id=shop_id, order_id=order.id, account=accounts.DEFERRED, now=now)
    reach("subscriptions.picked")
    made = Pick.objects.create(
        id=uuid7(), shop_id=shop_id, period_id=period.id, subscription_id=row.id, slot=_free_slot(period),
        made_by=made_by, request_key=request_key[:40], sku_id=sku_id, order_id=order.id, payment_id=paid.payment_id,
        minor=minor, picked_at=now,
    )  # fmt: skip
    period.picked += 1
    Period.objects.filter(shop_id=shop_id, id=period.id).update(picked=period.picked)
    record_history(
        shop_id=shop_id, machine=states.PICK, subject_id=made.id, moves=[(None, states.TAKEN)], actor="buyer",
        cause=f"order:{order.id}", now=now,
    )  # fmt: skip
    entry = accounts.pick_entry(
        pick_id=made.id, order_id=order.id, lines=order.lines, minor=minor, channel=order.channel, now=now
    )
    ledger.post(shop_id=shop_id, currency=period.currency, entries=(entry,), now=now)
    return Picked(order.id, order.number, paid.state, placed.secret)


def _open_period(row: Subscription, sku_id: UUID, now: datetime) -> Period:
    found = open_periods(row, now)
    if not found:
        raise NothingToPick
    period = next((one for one in found if sku_id in _skus(one)), None)
    if period is None:
        raise NotInPlan
    if being_credited(period):
        # Its picks are a part of what the upgrade is charged less.
        raise ChargeRunning
    return period


def _skus(period: Period) -> list[UUID]:
    skus: list[UUID] = Terms.objects.values_list("skus", flat=True).get(shop_id=period.shop_id, id=period.terms_id)
    return skus


def _free_slot(period: Period) -> int:
    taken = set(
        Pick.objects.filter(shop_id=period.shop_id, period_id=period.id, state=states.TAKEN).values_list(
            "slot", flat=True
        )
    )
    return next(slot for slot in range(1, 1 + period.picks + period.carried) if slot not in taken)
