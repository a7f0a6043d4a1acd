"""Deliver lines from what was reserved for them, else from free stock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.delivery.types import Delivered, ToDeliver
from goodfor.vault import operations as vault
from goodfor.vault.errors import ReservationLost
from goodfor.vault.types import Taken


@transaction.atomic
def deliver_reserved(*, shop_id: UUID, lines: Sequence[ToDeliver], now: datetime) -> list[Delivered]:
    """Sell what the lines hold; a line whose reservation ran out claims free codes. All lines or an error.

    Runs in a savepoint of the caller's transaction, so that after OutOfStock nothing of it remains.
    """
    ordered = sorted(lines, key=lambda line: line.sku_id)
    return [Delivered(line.line_id, line.sku_id, _sell(shop_id, line, now)) for line in ordered]


def _sell(shop_id: UUID, line: ToDeliver, now: datetime) -> Taken:
    try:
        with transaction.atomic():
            return vault.sell_reserved(shop_id=shop_id, holder_id=line.line_id, quantity=line.quantity, now=now)
    except ReservationLost:
        vault.release(shop_id=shop_id, holder_id=line.line_id, now=now)
        return vault.take(shop_id=shop_id, sku_id=line.sku_id, holder_id=line.line_id, quantity=line.quantity, now=now)
