"""Take back what somebody earned, since what it was earned by went back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.ledger import operations as ledger
from goodfor.loyalty import kinds, moving
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Move, Source


@transaction.atomic(savepoint=False)
def take_back_units(
    *,
    shop_id: UUID,
    holder: Holder,
    units: int,
    source: Source,
    currency: str,
    debt: bool,
    nature: str = kinds.SALE,
    reason: str = "",
    actor: str = "system",
    order_id: UUID | None = None,
    now: datetime,
) -> Move:
    """From what `order_id` brought first, then from what ends first, pending or not. What is short is owed (`debt`) or
    let go. Once for a wallet and a source.

    Raises InvalidPoints, MoveDiffers.
    """
    why = Why(source, nature, reason, actor, order_id, now)
    moved = moving.take(
        shop_id, holder, units, why, kind=kinds.CLAWBACK, first=order_id, pending_too=True, partly=True, owe=debt
    )
    if moved.entries:
        ledger.post(shop_id=shop_id, currency=currency, entries=moved.entries, now=now)
    return moved.move
