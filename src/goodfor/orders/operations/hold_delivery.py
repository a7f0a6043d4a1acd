"""An unpaid order is to wait once it is paid: the attempt to pay it looks bad."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.orders import hold_states, states, store
from goodfor.orders.errors import WrongState
from goodfor.orders.hold_models import Hold
from goodfor.orders.hold_types import MAX_REASONS
from goodfor.orders.holds import hold_of_order, hold_view
from goodfor.orders.operations.hold_steps import change_hold, put_hold, tell_held
from goodfor.orders.types import HoldOrder, HoldView


@transaction.atomic(savepoint=False)
def hold_delivery(*, shop_id: UUID, order_id: UUID, hold: HoldOrder, actor: str, now: datetime) -> HoldView:
    """Put a hold on a placed order, or make more of the one that it has; what is less changes nothing.

    Of two holds the stronger wins in each respect: refusing, a person, the longer time; the reasons of both stand. One
    that ended before is put on anew, unless a person of the staff had released it. Raises OrderNotFound, WrongState:
    the order is paid, and its buyer was told when it comes, or it is over.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PLACED:
        raise WrongState(state=order.state)
    known = hold_of_order(shop_id, order_id)
    if known is None:
        return put_hold(
            shop_id=shop_id, order_id=order_id, number=order.number, hold=hold, actor=actor, cause="held", now=now
        )
    if known.live:
        return _more(known, order.number, hold, actor, now)
    if known.ended_by.startswith("staff:"):
        return known
    again = change_hold(
        known, hold_states.HELD, actor=actor, cause="held again", now=now, made_at=now, made_by=actor[:100],
        decision_id=hold.decision_id, **_columns(hold.then, hold.for_, hold.reasons, review=hold.review),
    )  # fmt: skip
    tell_held(again, order.number, actor, now)
    return again


def hold_late(
    shop_id: UUID, order: store.LockedOrder, known: HoldView | None, hold: HoldOrder, now: datetime
) -> HoldView:
    """The same of an order that was closed and is paid all the same, in the transaction that pays it.

    A hold that was released stays released: whoever did it had seen the order.
    """
    if known is None:
        return put_hold(
            shop_id=shop_id, order_id=order.id, number=order.number, hold=hold, actor="system", cause="paid", now=now
        )
    return _more(known, order.number, hold, "system", now) if known.live else known


def _more(known: HoldView, number: str, hold: HoldOrder, actor: str, now: datetime) -> HoldView:
    """The stronger of both; the decision is that of the one that made it so."""
    if known.only_group and known.cleared_by.startswith("staff:"):
        return known
    if known.only_group:
        return _judged_after_all(known, number, hold, actor, now)
    then = hold_states.REFUSE if hold_states.REFUSE in (known.then, hold.then) else hold_states.RELEASE
    review, longest = known.review or hold.review, max(known.for_, hold.for_)
    reasons = tuple(dict.fromkeys((*known.reasons, *hold.reasons)))[:MAX_REASONS]
    if (then, review, longest, reasons) == (known.then, known.review, known.for_, known.reasons):
        return known
    stronger = (then, review, longest) != (known.then, known.review, known.for_)
    Hold.objects.filter(shop_id=known.shop_id, order_id=known.order_id, state=hold_states.HELD).update(
        decision_id=hold.decision_id if stronger and hold.decision_id else known.decision_id,
        **_columns(then, longest, reasons, review=review),
    )
    now_is = hold_view(Hold.objects.get(shop_id=known.shop_id, order_id=known.order_id))
    tell_held(now_is, number, actor, now)
    return now_is


def _judged_after_all(known: HoldView, number: str, hold: HoldOrder, actor: str, now: datetime) -> HoldView:
    """An order that waited for its group alone waits for the other reason, too."""
    Hold.objects.filter(shop_id=known.shop_id, order_id=known.order_id, state=hold_states.HELD).update(
        decision_id=hold.decision_id, cleared_at=None, cleared_by="",
        **_columns(hold.then, hold.for_, hold.reasons, review=hold.review),
    )  # fmt: skip
    now_is = hold_view(Hold.objects.get(shop_id=known.shop_id, order_id=known.order_id))
    tell_held(now_is, number, actor, now)
    return now_is


def _columns(then: str, for_: timedelta, reasons: tuple[str, ...], *, review: bool) -> dict[str, object]:
    return {"then": then, "review": review, "for_seconds": int(for_.total_seconds()), "reasons": list(reasons)}
