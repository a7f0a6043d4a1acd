"""Units go for something that has no price: a play. A step in the caller's transaction, which posts what it answers."""

from datetime import datetime
from uuid import UUID

from goodfor.loyalty import accounts, moving
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.kinds import KINDS, SALE
from goodfor.loyalty.moving import Moved
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Source


def use_units(*, shop_id: UUID, holder: Holder, units: int, source: Source, actor: str, now: datetime) -> Moved:
    """So many units are gone, and nothing is owed for them any more. Once for a wallet and a source.

    Raises NotEnoughPoints, InvalidPoints (a kind that only counts), MoveDiffers.
    """
    if not KINDS[holder.kind].spendable:
        raise InvalidPoints(field="kind")
    moved = moving.take(shop_id, holder, units, Why(source, SALE, "", actor, None, now))
    if moved.move.again:
        return moved
    entry = accounts.used_entry(
        entry_id=moved.move.entry_id, kind=holder.kind, worth_minor=-moved.move.minor, now=now
    )  # fmt: skip
    return Moved(moved.move, (entry,) if entry else ())
