"""What goes into this room and comes out. Money in minor units of the shop's currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.referrals.states import BALANCE


@dataclass(frozen=True, slots=True)
class Level:
    """What somebody gets for an order: so much of 10,000 of what its lines brought, and an amount an order on top."""

    bp: int = 0
    minor: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a shop gives for invitations. Immutable once written as a revision.

    `sku_bp`, `campaign_bp`: rates of who brought the friend for some SKUs, and for lines sold under a campaign (the
    lowest of them); they go before `first.bp`. `floor_minor` a piece stays with the shop above cost, whatever is
    promised: together all rewards of a line never take more than is above it. Caps are of one inviter; 0: none.
    """

    on: bool = False
    levels: int = 1
    friend: Level = Level()
    first: Level = Level()
    second: Level = Level()
    sku_bp: Mapping[UUID, int] = field(default_factory=dict)
    campaign_bp: Mapping[UUID, int] = field(default_factory=dict)
    kind: str = BALANCE
    coupon_batch: UUID | None = None
    floor_minor: int = 0
    least_minor: int = 0
    freeze_days: int = 15
    window_days: int = 30
    sticky: bool = True
    #: How many orders of one friend earn.
    orders_most: int = 1
    day_friends: int = 20
    month_minor: int = 50_000
    queue_from: int = 30
    reject_from: int = 100
    #: One person alone lets through no more of an order than this.
    alone_minor: int = 10_000
    #: WeChat forbids to reward sharing: off, its browser shows a plain link and no reward.
    wechat_prompts: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """The terms of a shop from an instant on. `programme_id` is the campaign of the books."""

    id: UUID
    programme_id: UUID
    number: int
    terms: Terms
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Terms that wait for a second person, who says them again."""

    terms: Terms
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Names:
    """By what a buyer is known beside the account; hashes, or values that are hashed here. Empty: not known."""

    device: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    top_up: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Invited:
    """A code as a browser brought it: where it stood, and since when the browser has it (a link)."""

    code: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BindingView:
    """Who brought a buyer."""

    friend: UUID
    inviter: UUID
    source: str
    code: str
    bound_at: datetime


@dataclass(frozen=True, slots=True)
class RewardView:
    """What somebody gets for a line of an order. `taken`: how much of it went back with the order."""

    id: UUID
    order_id: UUID
    number: str
    line_id: UUID
    sku_id: UUID
    beneficiary: UUID
    friend: UUID
    level: int
    kind: str
    source: str
    amount: Money
    taken: Money
    state: str
    score: int
    reasons: tuple[str, ...]
    held: bool
    earned_at: datetime
    frozen_until: datetime
    paid_at: datetime | None
    why: str

    @property
    def kept(self) -> Money:
        """What is left of it."""
        return self.amount - self.taken


@dataclass(frozen=True, slots=True)
class Earnings:
    """A buyer's page of invitations: own code, how many came, what is on its way, with the buyer, and owed."""

    code: str
    friends: int
    waiting: Money
    paid: Money
    owed: Money
    rewards: tuple[RewardView, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """An order whose rewards wait for a person."""

    order_id: UUID
    number: str
    friend: UUID
    inviter: UUID
    state: str
    score: int
    reasons: tuple[str, ...]
    amount: Money
    asked_at: datetime
    taken_by: str
    verdict: str
    reason: str
    by: str
    rewards: tuple[RewardView, ...] = ()
