"""Give units to somebody: earned by a sale, or a present."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.ledger import operations as ledger
from goodfor.loyalty import moving
from goodfor.loyalty.kinds import PRESENT
from goodfor.loyalty.moving import Lives
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Move, Source


@transaction.atomic(savepoint=False)
def give_units(
    *,
    shop_id: UUID,
    holder: Holder,
    units: int,
    source: Source,
    currency: str,
    nature: str = PRESENT,
    reason: str = "",
    actor: str = "system",
    minor: int = 0,
    available_at: datetime | None = None,
    expires_at: datetime | None = None,
    order_id: UUID | None = None,
    now: datetime,
) -> Move:
    """Once for a wallet and a source; the same again answers what was done.

    `minor`: what the books owe for all of them. What the wallet owes is met first.
    Raises InvalidPoints; MoveDiffers where the same source gave another number.
    """
    why = Why(source, nature, reason, actor, order_id, now)
    moved = moving.give(shop_id, holder, units, Lives(minor, available_at, expires_at), why)
    if moved.entries:
        ledger.post(shop_id=shop_id, currency=currency, entries=moved.entries, now=now)
    return moved.move
