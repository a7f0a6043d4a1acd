"""Buy for the shop's own stock from its suppliers: a purchase like any other, by the routing, under its guards."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.supply.errors import InvalidRestock
from goodfor.supply.operations.want_supply import want_supply
from goodfor.supply.purchase_models import FOR_STOCK
from goodfor.supply.types import WantLine

MOST: Final = 10_000
#: So long suppliers are tried for; what they deliver later comes into stock all the same.
WITHIN: Final = timedelta(hours=1)


@transaction.atomic(savepoint=False)
def restock(*, shop_id: UUID, sku_id: UUID, quantity: int, at_most: Money, actor: str, now: datetime) -> UUID:
    """Have `quantity` units (1 to 10,000) bought; `at_most`: what one is to be sold for, so that the loss guard holds.

    The loop buys. `StockBought` tells of the end, by the id that this returns; the codes are for sale from then on.
    Raises InvalidRestock.
    """
    if not 1 <= quantity <= MOST:
        raise InvalidRestock(field="quantity")
    if at_most.amount_minor <= 0:
        raise InvalidRestock(field="at_most")
    restock_id = uuid7()
    want_supply(
        shop_id=shop_id, order_id=restock_id, lines=[WantLine(restock_id, sku_id, quantity, at_most.amount_minor)],
        currency=at_most.currency, channel=FOR_STOCK, deadline_at=now + WITHIN, now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="supply.stock_ordered", subject=("catalog.sku", sku_id),
        data={"restock_id": str(restock_id), "quantity": quantity, "at_most_minor": at_most.amount_minor}, now=now,
    )  # fmt: skip
    return restock_id
