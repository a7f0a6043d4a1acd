"""Ends of a want. The caller holds its row."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.supply import states
from goodfor.supply.errors import PurchaseRunning
from goodfor.supply.events import LineFailed, LineSupplied, StockBought
from goodfor.supply.locks import lock_wants
from goodfor.supply.purchase_models import FOR_STOCK, Want
from goodfor.vault import operations as vault


def close_want(want: Want, to_state: str, *, reason: str, now: datetime) -> None:
    """Move an open want to its end, and tell when its line is through."""
    Want.objects.filter(shop_id=want.shop_id, id=want.id, state=states.OPEN).update(
        state=to_state, reason=reason[:40], closed_at=now, next_at=None
    )
    record_history(
        shop_id=want.shop_id,
        machine=states.WANT,
        subject_id=want.id,
        moves=[(states.OPEN, to_state)],
        actor="system",
        cause=reason or to_state,
        now=now,
    )
    want.state, want.reason, want.closed_at, want.next_at = to_state, reason, now, None
    if want.channel == FOR_STOCK:
        _to_the_shelf(want, now)
    elif to_state == states.SUPPLIED:
        parts = Want.objects.filter(shop_id=want.shop_id, line_id=want.line_id).exclude(state=states.SUPPLIED)
        others = {part.state: part.reason for part in parts}
        if not others:
            event = LineSupplied(want.order_id, want.line_id)
            publish(shop_id=want.shop_id, event=event, cause=("supply.want", want.id), now=now)
        elif states.OPEN not in others and states.FAILED in others:
            # The last of several parts: what another one could not have was told of before this was known.
            rest = LineFailed(want.order_id, want.line_id, others[states.FAILED])
            publish(shop_id=want.shop_id, event=rest, cause=("supply.want", want.id), now=now)
    elif to_state == states.FAILED:
        failed = LineFailed(want.order_id, want.line_id, reason)
        publish(shop_id=want.shop_id, event=failed, cause=("supply.want", want.id), now=now)


def _to_the_shelf(want: Want, now: datetime) -> None:
    """Bought for nobody in particular: once no part of it is open, what came is for sale."""
    parts = Want.objects.filter(shop_id=want.shop_id, line_id=want.line_id)
    if parts.filter(state=states.OPEN).exists():
        return
    vault.release(shop_id=want.shop_id, holder_id=want.line_id, now=now)
    told = parts.aggregate(wanted=Sum("quantity"), got=Sum("delivered"))
    event = StockBought(want.line_id, want.sku_id, told["wanted"], told["got"], want.reason)
    publish(shop_id=want.shop_id, event=event, cause=("supply.want", want.id), now=now)


@transaction.atomic(savepoint=False)
def must_not_be_under_way(*, shop_id: UUID, order_id: UUID, kinds: Collection[str]) -> None:
    """Hold the order's wants, so that nothing more is sent for them. Raises PurchaseRunning where something of these
    kinds (`code`, `direct`) is at a supplier whose answer is not known.
    """
    for want in lock_wants(shop_id, order_id):
        if want.state == states.OPEN and want.in_flight and want.kind in kinds:
            raise PurchaseRunning


@transaction.atomic(savepoint=False)
def give_up(*, shop_id: UUID, order_id: UUID, line_id: UUID | None = None, reason: str, now: datetime) -> int:
    """Nobody waits any more: nothing new is bought for this order; what is under way is asked about to its end.

    With `line_id` that holds for what this line (or this claim) wanted, and the others go on.
    """
    count = 0
    for want in lock_wants(shop_id, order_id):
        if want.state == states.OPEN and line_id in (None, want.line_id):
            close_want(want, states.GIVEN_UP, reason=reason, now=now)
            count += 1
    return count
