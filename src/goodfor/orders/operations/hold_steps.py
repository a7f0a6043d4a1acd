"""Steps that the operations on holds share. In the caller's transaction, with the order's row locked."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.statemachine import record_history
from goodfor.orders import hold_states, store
from goodfor.orders.events import OrderHeld, OrderHoldRefused, OrderReleased
from goodfor.orders.hold_models import Hold
from goodfor.orders.hold_types import GROUP_HOLD
from goodfor.orders.holds import hold_of_order, hold_view
from goodfor.orders.types import DIRECT, HoldOrder, HoldView, LineRow
from goodfor.promotions.operations.leave_place import leave_place
from goodfor.supply import queries as supply
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.errors import OutOfStock

_TOLD: Final = {hold_states.RELEASED: OrderReleased, hold_states.REFUSED: OrderHoldRefused}


def put_hold(
    *, shop_id: UUID, order_id: UUID, number: str, hold: HoldOrder | None, actor: str, cause: str,
    group_id: UUID | None = None, now: datetime,
) -> HoldView:  # fmt: skip
    """A hold on an order that has none. Its clock stands until the order is paid.

    `group_id`: it waits for that, too; or, where there is no `hold`, for nothing else.
    """
    only_group = hold is None
    hold = hold or GROUP_HOLD
    row = Hold(
        order_id=order_id, shop_id=shop_id, decision_id=hold.decision_id, then=hold.then, review=hold.review,
        reasons=list(hold.reasons), for_seconds=int(hold.for_.total_seconds()), made_at=now, made_by=actor[:100],
        state=hold_states.HELD, group_id=group_id, group_state=hold_states.GROUP_WAITING if group_id else "",
        cleared_at=now if only_group else None, cleared_by=actor[:100] if only_group else "",
    )  # fmt: skip
    row.save(force_insert=True)
    _history(shop_id, order_id, (None, hold_states.HELD), actor, cause, now)
    if not only_group:
        tell_held(hold_view(row), number, actor, now)
    reach("holds.made")
    return hold_view(row)


def tell_held(hold: HoldView, number: str, actor: str, now: datetime) -> None:
    """The audit trail and whoever listens hear of a hold that is new or has become more."""
    seconds = int(hold.for_.total_seconds())
    decision = str(hold.decision_id) if hold.decision_id else None
    audit.record(
        shop_id=hold.shop_id, actor=actor, action="order_held", subject=("order", hold.order_id),
        data={"reasons": list(hold.reasons), "seconds": seconds, "then": hold.then, "review": hold.review,
              "decision_id": decision},
        now=now,
    )  # fmt: skip
    event = OrderHeld(hold.order_id, number, hold.decision_id, hold.then, hold.review, hold.reasons, seconds)
    publish(shop_id=hold.shop_id, event=event, cause=("order", hold.order_id), now=now)


def change_hold(hold: HoldView, to_state: str, *, actor: str, cause: str, now: datetime, **more: Any) -> HoldView:
    """Move it, with `more` columns, and write the history. Raises IllegalTransition."""
    over = to_state != hold_states.HELD
    ends: dict[str, Any] = {
        "ended_at": now if over else None, "ended_by": actor[:100] if over else "", "cause": cause[:80] if over else "",
    }  # fmt: skip
    rows = Hold.objects.filter(shop_id=hold.shop_id, order_id=hold.order_id, state=hold.state)
    hold_states.MACHINE.check(hold.state, to_state)
    if rows.update(state=to_state, **ends, **more) != 1:
        raise RuntimeError("a hold changed under its order's lock")
    _history(hold.shop_id, hold.order_id, (hold.state, to_state), actor, cause, now)
    return hold_view(Hold.objects.get(shop_id=hold.shop_id, order_id=hold.order_id))


def end_hold(
    hold: HoldView, order: store.LockedOrder, to_state: str, *, actor: str, cause: str, now: datetime
) -> HoldView:
    """Released, refused or lapsed: written down, and the first two told. What follows for the order is the caller's."""
    ended = change_hold(hold, to_state, actor=actor, cause=cause, now=now)
    released, refused = to_state == hold_states.RELEASED, to_state == hold_states.REFUSED
    audit.record(
        shop_id=hold.shop_id,
        actor=actor,
        action="order_released" if released else ("order_hold_refused" if refused else "order_hold_lapsed"),
        subject=("order", order.id),
        data={"cause": ended.cause, "order_state": order.state},
        now=now,
    )
    if hold.group_id is not None and not released:
        # Before its payment is touched: the place is free again, unless the group has decided about it.
        leave_place(shop_id=hold.shop_id, order_id=order.id, cause=cause[:80], now=now)
    if to_state in _TOLD:
        event = _TOLD[to_state](order.id, order.number, hold.decision_id, actor, ended.cause)
        publish(shop_id=hold.shop_id, event=event, cause=("order", order.id), now=now)
    return ended


def lapse_hold(shop_id: UUID, order: store.LockedOrder, *, actor: str, cause: str, now: datetime) -> None:
    """The money goes back for another reason: a hold that still lives has nothing to hold any more."""
    hold = hold_of_order(shop_id, order.id)
    if hold is not None and hold.live:
        end_hold(hold, order, hold_states.LAPSED, actor=actor, cause=cause or "refunded", now=now)


def keep_held(
    order: store.LockedOrder, hold: HoldView, *, until: datetime, margin: timedelta, now: datetime
) -> HoldView | None:
    """Let the clock of a paid order's hold end at `until`, and keep its codes until `margin` after that.

    What was reserved for it stays so; what was lost is reserved again, or bought once it is released. None where
    neither can be had: then there is nothing to wait for.
    """
    shop_id, deadline = hold.shop_id, until + margin
    rows = sorted(store.lines_of(shop_id, order.id), key=lambda item: item.sku_id)
    missing = [line for line in rows if not _kept(shop_id, line, deadline, now)]
    if missing and not _offered(shop_id, order.channel, missing, now):
        return None
    run_until(hold, until, deadline)
    return replace(hold, until=until)


def run_until(hold: HoldView, until: datetime, deliver_by: datetime) -> None:
    """The clock of a live hold, and the deadline of its paid order behind it."""
    rows = Hold.objects.filter(shop_id=hold.shop_id, order_id=hold.order_id, state=hold_states.HELD)
    if rows.update(until=until) != 1:
        raise RuntimeError("a hold changed under its order's lock")
    store.put_off(hold.shop_id, hold.order_id, deliver_by)


def _kept(shop_id: UUID, line: LineRow, until: datetime, now: datetime) -> bool:
    """Own stock holds all of the line until then. Of a top-up nothing lies on a shelf."""
    if line.kind == DIRECT:
        return True
    if stock.reserved_for(shop_id, line.id) == line.quantity:
        vault.hold_longer(shop_id=shop_id, holder_id=line.id, until=until)
        return True
    vault.release(shop_id=shop_id, holder_id=line.id, now=now)
    try:
        vault.reserve(
            shop_id=shop_id, sku_id=line.sku_id, holder_id=line.id, quantity=line.quantity, until=until, now=now
        )
    except OutOfStock:
        return False
    return True


def _offered(shop_id: UUID, channel: str, lines: list[LineRow], now: datetime) -> bool:
    """Suppliers have what is missing."""
    skus, most = [line.sku_id for line in lines], max(line.quantity for line in lines)
    found = supply.buyable(shop_id, skus, now, channel=channel, quantity=most, sold=True)
    return all(sku_id in found for sku_id in skus)


def _history(
    shop_id: UUID, order_id: UUID, move: tuple[str | None, str], actor: str, cause: str, now: datetime
) -> None:
    record_history(
        shop_id=shop_id, machine=hold_states.MACHINE, subject_id=order_id, moves=[move], actor=actor, cause=cause[:80],
        now=now,
    )  # fmt: skip
