"""What goes into groups and bargains and comes out, in minor units of the shop's currency. Reached through `types`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.promotions import group_states

BY_GROUP, BY_BARGAIN = "group", "bargain"
#: No buyer's money waits longer for others, and no friend is asked for longer.
MAX_HOURS: Final = 72
MAX_SIZE: Final = 100
MAX_HELPERS: Final = 50
#: What was paid in time and became known a moment later still counts.
GRACE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class GroupPlay:
    """What a group buy says: so many persons within so many hours, `each` pieces an order at most.

    `wechat`: pages ask to share inside of WeChat, too (its rules forbid sharing for a reward).
    """

    size: int
    hours: int
    each: int = 1
    wechat: bool = False


@dataclass(frozen=True, slots=True)
class BargainPlay:
    """What a bargain says: so many helpers bring the price to the floor within so many hours.

    `help_most`: how many bargains of the campaign one person may help.
    """

    helpers: int
    hours: int
    help_most: int = 3
    wechat: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceRequest:
    """A group or a bargain that an order is for. `kind`: group or bargain; `id` None: a new group of the campaign."""

    kind: str
    campaign_id: UUID
    sku_id: UUID
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as anybody may see it: how many of how many persons have paid, and until when others can."""

    id: UUID
    campaign_id: UUID
    revision_id: UUID
    sku_id: UUID
    price_minor: int
    size: int
    persons: int
    state: str
    opened_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None

    @property
    def missing(self) -> int:
        """How many persons are wanted still."""
        return max(self.size - self.persons, 0)

    def is_open(self, now: datetime) -> bool:
        """Whether somebody can join."""
        return self.state == group_states.OPEN and self.expires_at is not None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class PlaceView:
    """An order's place in a group; `state` of `group_states.PLACE`."""

    order_id: UUID
    group: GroupView
    state: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment meant for its place: `joined`, `won`, or `turned`. `expires_at`: until when it waits."""

    state: str
    group_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BargainView:
    """A bargain: what it began at, what it costs after the friends who helped, and what it can come to."""

    id: UUID
    campaign_id: UUID
    revision_id: UUID
    sku_id: UUID
    owner_ref: str
    start_minor: int
    floor_minor: int
    price_minor: int
    helpers: int
    helped: int
    cuts: tuple[int, ...]
    state: str
    opened_at: datetime
    expires_at: datetime
    order_id: UUID | None

    def is_open(self, now: datetime) -> bool:
        """Whether friends can help."""
        return self.state == group_states.OPEN and now < self.expires_at
