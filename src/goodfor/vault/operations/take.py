"""Sell free codes at once."""

from datetime import datetime
from uuid import UUID

from goodfor.vault.claiming import claim
from goodfor.vault.states import CODE_NUMBERS, SOLD
from goodfor.vault.types import Taken


def take(*, shop_id: UUID, sku_id: UUID, holder_id: UUID, quantity: int, now: datetime) -> Taken:
    """Sell exactly `quantity` free codes (1 to 10,000) to a holder, in one statement; none at all on a shortage.

    Raises OutOfStock, InvalidQuantity, HolderHasCodes (a holder claims once).
    """
    return claim(
        quantity,
        {
            "shop_id": shop_id,
            "sku_id": sku_id,
            "holder_id": holder_id,
            "state": CODE_NUMBERS[SOLD],
            "good_until": now,
            "reserved_until": None,
            "sold_at": now,
        },
    )
