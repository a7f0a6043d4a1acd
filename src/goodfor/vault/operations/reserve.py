"""Promise free codes to a holder for a while."""

from datetime import datetime
from uuid import UUID

from goodfor.vault.claiming import claim
from goodfor.vault.states import CODE_NUMBERS, RESERVED


def reserve(*, shop_id: UUID, sku_id: UUID, holder_id: UUID, quantity: int, until: datetime, now: datetime) -> None:
    """Reserve exactly `quantity` free codes (1 to 10,000) that are good beyond `until`; none at all on a shortage.

    One statement. Raises OutOfStock, InvalidQuantity, HolderHasCodes (a holder claims once).
    """
    claim(
        quantity,
        {
            "shop_id": shop_id,
            "sku_id": sku_id,
            "holder_id": holder_id,
            "state": CODE_NUMBERS[RESERVED],
            "good_until": max(until, now),
            "reserved_until": until,
            "sold_at": None,
        },
    )
