"""A member places an order and meets a part of its price with points; the rest waits for its money."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.ledger import operations as ledger
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.spend_units import spend_units
from goodfor.loyalty.types import POINTS, Holder
from goodfor.orders.errors import PointsChanged
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer, Credit, HoldOrder, LineRequest, PlacedOrder


@transaction.atomic(savepoint=False)
def place_with_points(
    *, shop_id: UUID, owner: UUID, points: int, lines: Sequence[LineRequest], buyer: Buyer, channel: str,
    expect_minor: int, hold: HoldOrder | None = None, order_id: UUID | None = None, coupons: Sequence[UUID] = (),
    now: datetime,
) -> PlacedOrder:  # fmt: skip
    """As place_order. `points`: as many as the page said that may meet `expect_minor`, the price that it has shown.

    Raises PointsChanged (other terms, or other points than then), NotEnoughPoints, and what place_order raises; then
    nothing changed.
    """
    met = loyalty.meets(shop_id, owner, expect_minor, sum(line.quantity for line in lines), now)
    if met is None or met.units != points:
        raise PointsChanged
    placed = place_order(
        shop_id=shop_id, lines=lines, buyer=buyer, channel=channel, hold=hold, order_id=order_id, coupons=coupons,
        expect_minor=expect_minor, credit=Credit(POINTS, met.minor), now=now,
    )  # fmt: skip
    if placed.total.amount_minor + met.minor != expect_minor:
        raise PointsChanged
    moved = spend_units(
        shop_id=shop_id, holder=Holder(owner), units=met.units, order_id=placed.order_id, buys_minor=met.minor,
        actor="buyer", now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=placed.total.currency, entries=moved.entries, now=now)
    return placed
