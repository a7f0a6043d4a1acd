"""A member pays a placed order with points: taken, paid, booked and delivered in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.ledger import operations as ledger
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.spend_units import REDEEMED, spend_units
from goodfor.loyalty.types import Holder
from goodfor.orders import states, store
from goodfor.orders.errors import PointsNotTaken, WrongState
from goodfor.orders.offer_reads import credit_part
from goodfor.orders.operations.pay_from_credit import pay_from_credit


@transaction.atomic(savepoint=False)
def pay_with_points(*, shop_id: UUID, order_id: UUID, buyer_id: UUID, now: datetime) -> str:
    """The state that the order ended in. All of its price; the face has made sure that it is this member's.

    Raises OrderNotFound, WrongState (not placed, or too late), PointsNotTaken (the shop takes none, or units met a part
    of it already), NotEnoughPoints, AccountNotFound, AlreadyPaid; then nothing has changed.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PLACED or order.pay_by <= now:
        raise WrongState(state=order.state)
    units = loyalty.points_for(shop_id, order.total.amount_minor, now)
    if units is None or credit_part(shop_id, order_id) is not None:
        raise PointsNotTaken
    moved = spend_units(
        shop_id=shop_id, holder=Holder(buyer_id), units=units, order_id=order_id, buys_minor=order.total.amount_minor,
        actor="buyer", now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=order.total.currency, entries=moved.entries, now=now)
    return pay_from_credit(shop_id=shop_id, order_id=order_id, account=REDEEMED, now=now).state
