"""Codes of a delivered order are kept for a gift, passed on to whoever opens it, or given back to their buyer."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from goodfor.kernel.ids import uuid7
from goodfor.orders import given_states as states
from goodfor.orders import store
from goodfor.orders.errors import CannotBeGiven, WrongState
from goodfor.orders.given import can_be_given
from goodfor.orders.given_models import Given
from goodfor.orders.states import DELIVERED


@transaction.atomic(savepoint=False)
def hold_codes(*, shop_id: UUID, order_id: UUID, gift_id: UUID, code_ids: Collection[UUID], now: datetime) -> None:
    """From now on nobody sees, claims or gives them until the gift is opened or over; the same again does nothing.

    Whose order it is the caller has found out. Raises OrderNotFound, WrongState (not delivered), CannotBeGiven: one of
    them was seen, claimed, given already, or is not the order's.
    """
    order = store.lock_order(shop_id, order_id)
    known = Given.objects.filter(shop_id=shop_id, gift_id=gift_id)
    if known.exists():
        return
    if order.state != DELIVERED:
        raise WrongState(state=order.state)
    wanted = set(code_ids)
    free = {
        one.code_id: one.line_id
        for one in can_be_given(shop_id, [line.id for line in store.lines_of(shop_id, order_id)])
    }
    if not wanted or wanted - free.keys():
        raise CannotBeGiven
    Given.objects.bulk_create(
        [
            Given(
                id=uuid7(), shop_id=shop_id, gift_id=gift_id, order_id=order_id, line_id=free[code_id],
                code_id=code_id, at=now,
            )
            for code_id in sorted(wanted, key=list(free).index)
        ]
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def pass_codes(*, shop_id: UUID, order_id: UUID, gift_id: UUID, taker: str, now: datetime) -> int:
    """Whoever opened the gift (`taker`, as the audit trail names them) has its codes; how many.

    Raises WrongState (the order went back), CannotBeGiven (nothing is held for it).
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != DELIVERED:
        raise WrongState(state=order.state)
    count = _held(shop_id, gift_id).update(state=states.PASSED, taker=taker[:80], at=now)
    if not count:
        raise CannotBeGiven
    return count


@transaction.atomic(savepoint=False)
def return_codes(*, shop_id: UUID, order_id: UUID, gift_id: UUID, now: datetime) -> int:
    """The buyer has them again; how many. Those that were passed on stay where they are."""
    store.lock_order(shop_id, order_id)
    return _held(shop_id, gift_id).update(state=states.BACK, at=now)


def _held(shop_id: UUID, gift_id: UUID) -> models.QuerySet[Given]:
    return Given.objects.filter(shop_id=shop_id, gift_id=gift_id, state=states.HELD)
