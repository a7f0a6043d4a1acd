"""An order is placed at the price of a bargain, and what becomes of it. All in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.statemachine import record_history
from goodfor.promotions import group_states
from goodfor.promotions.bargain_models import Bargain
from goodfor.promotions.group_errors import BargainOver
from goodfor.promotions.group_locks import lock_bargain


def take_bargain(
    *, shop_id: UUID, bargain_id: UUID, order_id: UUID, buyer_ref: str, price_minor: int, now: datetime
) -> None:
    """While the order is there no friend can help. Only its owner, only at the price it has. Raises BargainOver."""
    bargain = lock_bargain(shop_id, bargain_id)
    mine = bargain.owner_ref == buyer_ref and bargain.price_minor == price_minor
    if bargain.state != group_states.OPEN or bargain.expires_at <= now or not mine:
        raise BargainOver
    _move(shop_id, bargain_id, (group_states.OPEN, group_states.TAKEN), f"order:{order_id}", now, order_id=order_id)


def pay_bargain(*, shop_id: UUID, order_id: UUID, now: datetime) -> None:
    """The order is paid: the bargain is used. Nothing where the order is at no bargain's price, or paid before."""
    if bargain_id := _of(shop_id, order_id, group_states.TAKEN):
        _move(shop_id, bargain_id, (group_states.TAKEN, group_states.USED), "paid", now, ended_at=now)


def free_bargain(*, shop_id: UUID, order_id: UUID, now: datetime) -> None:
    """The order was closed unpaid: friends can help again, unless its time is over."""
    bargain_id = _of(shop_id, order_id, group_states.TAKEN)
    if bargain_id is None:
        return
    bargain = lock_bargain(shop_id, bargain_id)
    if bargain.state != group_states.TAKEN or bargain.order_id != order_id:
        return
    over = bargain.expires_at <= now
    to = group_states.EXPIRED if over else group_states.OPEN
    ended_at = now if over else None
    freed = [*Bargain.objects.get(shop_id=shop_id, id=bargain_id).freed_orders, order_id]
    move = (group_states.TAKEN, to)
    _move(shop_id, bargain_id, move, "closed", now, order_id=None, ended_at=ended_at, freed_orders=freed)


def take_bargain_again(*, shop_id: UUID, order_id: UUID, now: datetime) -> bool:
    """Money came for an order that was closed: its bargain is taken again, unless it was used or its time is over.

    True for an order that is at no bargain's price.
    """
    found = Bargain.objects.filter(shop_id=shop_id, freed_orders__contains=[order_id]).values_list("id", flat=True)
    bargain_id = found.first()
    if bargain_id is None:
        return True
    if lock_bargain(shop_id, bargain_id).state != group_states.OPEN:
        return False
    _move(shop_id, bargain_id, (group_states.OPEN, group_states.TAKEN), f"order:{order_id}", now, order_id=order_id)
    return True


def expire_bargain(*, shop_id: UUID, bargain_id: UUID, now: datetime) -> None:
    """Its time is over. Harmless for one that is not due, is being bought, or over."""
    bargain = lock_bargain(shop_id, bargain_id)
    if bargain.state == group_states.OPEN and bargain.expires_at <= now:
        _move(shop_id, bargain_id, (group_states.OPEN, group_states.EXPIRED), "expired", now, ended_at=now)


def _of(shop_id: UUID, order_id: UUID, state: str) -> UUID | None:
    rows = Bargain.objects.filter(shop_id=shop_id, order_id=order_id, state=state)
    return rows.values_list("id", flat=True).first()


def _move(shop_id: UUID, bargain_id: UUID, move: tuple[str, str], cause: str, now: datetime, **more: object) -> None:
    group_states.BARGAIN.check(*move)
    if Bargain.objects.filter(shop_id=shop_id, id=bargain_id, state=move[0]).update(state=move[1], **more) != 1:
        raise RuntimeError("a bargain changed under its lock")
    record_history(
        shop_id=shop_id, machine=group_states.BARGAIN, subject_id=bargain_id, moves=[move], actor="system",
        cause=cause[:80], now=now,
    )  # fmt: skip
