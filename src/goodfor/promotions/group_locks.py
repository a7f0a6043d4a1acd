"""Row locks of groups, places and bargains. A group comes after its order and its stock, before counters of limits and
the ledger."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.promotions.group_errors import BargainNotFound, GroupNotFound

_GROUP = Statement(__package__, "sql/lock_group.sql")
_BARGAIN = Statement(__package__, "sql/lock_bargain.sql")


@dataclass(frozen=True, slots=True)
class LockedGroup:
    """A group whose row is locked for the rest of the transaction."""

    id: UUID
    campaign_id: UUID
    state: str
    size: int
    hours: int
    persons: int
    expires_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LockedBargain:
    """A bargain whose row is locked for the rest of the transaction."""

    id: UUID
    campaign_id: UUID
    state: str
    owner_ref: str
    price_minor: int
    cuts: tuple[int, ...]
    helped: int
    help_most: int
    expires_at: datetime
    order_id: UUID | None


def lock_group(shop_id: UUID, group_id: UUID) -> LockedGroup:
    """Raises GroupNotFound."""
    row = _GROUP.row({"shop_id": shop_id, "group_id": group_id})
    if row is None:
        raise GroupNotFound
    return LockedGroup(*row)


def lock_bargain(shop_id: UUID, bargain_id: UUID) -> LockedBargain:
    """Raises BargainNotFound."""
    row = _BARGAIN.row({"shop_id": shop_id, "bargain_id": bargain_id})
    if row is None:
        raise BargainNotFound
    one, campaign, state, owner, price, cuts, helped, help_most, expires_at, order_id = row
    return LockedBargain(one, campaign, state, owner, price, tuple(cuts), helped, help_most, expires_at, order_id)
