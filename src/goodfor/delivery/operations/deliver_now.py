"""Deliver lines at once from free stock: nothing was reserved for them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.delivery.types import Delivered, ToDeliver
from goodfor.vault import operations as vault


def deliver_now(*, shop_id: UUID, lines: Sequence[ToDeliver], now: datetime) -> list[Delivered]:
    """Claim the codes of each line, in the caller's transaction; all lines or an error. Raises OutOfStock."""
    # Sorted by SKU so that two orders of the same SKUs meet in the same order.
    ordered = sorted(lines, key=lambda line: line.sku_id) if len(lines) > 1 else lines
    return [
        Delivered(
            line.line_id,
            line.sku_id,
            vault.take(shop_id=shop_id, sku_id=line.sku_id, holder_id=line.line_id, quantity=line.quantity, now=now),
        )
        for line in ordered
    ]
