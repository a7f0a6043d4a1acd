"""A group or a bargain that an order is placed for. Steps in the transaction that places it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.orders.errors import InvalidOrder
from goodfor.orders.offer_types import Wish
from goodfor.orders.types import LineView
from goodfor.promotions.operations.choices import take_choice
from goodfor.promotions.types import ChoiceRequest


def take_chosen(
    *, shop_id: UUID, order_id: UUID, asked: ChoiceRequest | None, wish: Wish, lines: Sequence[LineView], now: datetime
) -> UUID | None:
    """The group that the order is to wait for. Before limits are taken. Raises InvalidOrder, and what is over or full.

    All of the order waits: nothing else is bought along.
    """
    if asked is None or wish.choice is None:
        return None
    if any(line.sku_id != asked.sku_id for line in lines):
        raise InvalidOrder(field="choice")
    pieces = sum(line.quantity for line in lines)
    return take_choice(
        shop_id=shop_id, order_id=order_id, asked=asked, choice=wish.choice, names=wish.names, pieces=pieces, now=now
    )
