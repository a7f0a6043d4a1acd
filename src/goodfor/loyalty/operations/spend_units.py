"""Units pay for an order. A step in the caller's transaction, which posts what it answers before the payment itself."""

from datetime import datetime
from uuid import UUID

from goodfor.loyalty import accounts, moving
from goodfor.loyalty.accounts import REDEEMED as REDEEMED
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.kinds import KINDS, SALE
from goodfor.loyalty.moving import Moved
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Source


def spend_units(
    *, shop_id: UUID, holder: Holder, units: int, order_id: UUID, buys_minor: int, actor: str, now: datetime
) -> Moved:
    """So many units pay `buys_minor` of the order: from now on they are owed as `REDEEMED`.

    Raises NotEnoughPoints, InvalidPoints (a kind that only counts), MoveDiffers.
    """
    if not KINDS[holder.kind].spendable:
        raise InvalidPoints(field="kind")
    why = Why(Source("order", str(order_id), "spend"), SALE, "", actor, order_id, now)
    moved = moving.take(shop_id, holder, units, why)
    if moved.move.again:
        return moved
    entry = accounts.spent_entry(
        entry_id=moved.move.entry_id, kind=holder.kind, worth_minor=-moved.move.minor, buys_minor=buys_minor,
        order_id=order_id, now=now,
    )  # fmt: skip
    return Moved(moved.move, (entry,))
