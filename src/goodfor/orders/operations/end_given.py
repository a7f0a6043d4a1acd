"""Codes that were given away go back or are replaced. Runs in the caller's transaction, with the order's row locked."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.orders import given_states as states
from goodfor.orders import store
from goodfor.orders.events import OrderGiftEnded
from goodfor.orders.given_models import Given


def end_given(
    *, shop_id: UUID, order: store.LockedOrder, code_ids: Collection[UUID] | None = None, now: datetime
) -> None:
    """These codes (none: all of the order) go back to the shop: gifts that still hold one are told to end."""
    rows = Given.objects.filter(shop_id=shop_id, order_id=order.id)
    if code_ids is not None:
        rows = rows.filter(code_id__in=list(code_ids))
    held = rows.filter(state=states.HELD)
    gifts = sorted(set(held.values_list("gift_id", flat=True)))
    held.update(state=states.BACK, at=now)
    rows.filter(state=states.PASSED).update(state=states.GONE, at=now)
    for gift_id in gifts:
        event = OrderGiftEnded(gift_id, order.id, order.number)
        publish(shop_id=shop_id, event=event, cause=("order", order.id), now=now)


def follow_given(*, shop_id: UUID, line_id: UUID, new: Mapping[UUID, UUID], now: datetime) -> None:
    """Who was given a code has the one in its place from now on. `new`: old code -> new code."""
    rows = Given.objects.filter(shop_id=shop_id, line_id=line_id, code_id__in=list(new), state=states.PASSED)
    found = list(rows)
    rows.update(state=states.GONE, at=now)
    Given.objects.bulk_create(
        [
            Given(
                shop_id=shop_id, gift_id=one.gift_id, order_id=one.order_id, line_id=line_id, code_id=new[one.code_id],
                state=states.PASSED, taker=one.taker, at=now,
            )
            for one in found
        ]
    )  # fmt: skip
