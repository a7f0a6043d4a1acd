"""Orders of the last days as carts, to reckon what a campaign would have done to them. Reached through `queries`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.orders.offers import FACES
from goodfor.promotions.types import Cart, CartLine, Replay

_REPLAYS: Final = Statement(__package__, "sql/replays.sql")
#: Enough to see what it costs, and soon read.
MOST_REPLAYED: Final = 2_000
_ACCOUNT: Final = "buyer:"


def replays(
    shop_id: UUID, since: datetime, until: datetime, currency: str, *, goods: Mapping[UUID, tuple[UUID, UUID]],
    costs: Mapping[UUID, int], most: int = MOST_REPLAYED,
) -> list[Replay]:  # fmt: skip
    """Orders that were paid for and kept, as their buyers wished them at list prices, oldest first; the newest `most`.

    `goods`: SKU -> product, category; `costs`: SKU -> cost a piece now. Lines of other SKUs are left out.
    """
    params = {"shop_id": shop_id, "since": since, "until": until, "currency": currency, "most": most}
    found = []
    for number, ref, channel, at, before, skus, quantities, prices, bundles in _REPLAYS.rows(params):
        lines = tuple(
            CartLine(sku, *goods[sku], quantity, price, costs.get(sku), bundle)
            for sku, quantity, price, bundle in zip(skus, quantities, prices, bundles, strict=True)
            if sku in goods
        )
        if lines:
            facts = {"orders_paid": int(before), "signed_in": ref.startswith(_ACCOUNT)}
            found.append(Replay(number, ref or number, Cart(lines, FACES.get(channel, channel), at, facts)))
    return found
