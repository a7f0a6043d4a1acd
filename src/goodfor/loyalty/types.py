"""What goes in and out of wallets. Units are whole; amounts are minor units of the shop's currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from goodfor.loyalty.kinds import CASHBACK as CASHBACK
from goodfor.loyalty.kinds import GIFT as GIFT
from goodfor.loyalty.kinds import GROWTH as GROWTH
from goodfor.loyalty.kinds import POINTS as POINTS
from goodfor.loyalty.kinds import PRESENT as PRESENT
from goodfor.loyalty.kinds import REDEEMED as REDEEMED
from goodfor.loyalty.kinds import SALE as SALE
from goodfor.loyalty.kinds import WELFARE as WELFARE
from goodfor.loyalty.notice_types import AHEAD as AHEAD
from goodfor.loyalty.notice_types import ENDING as ENDING
from goodfor.loyalty.notice_types import FALLING as FALLING
from goodfor.loyalty.notice_types import FELL as FELL
from goodfor.loyalty.notice_types import GIFT_OF_DAY as GIFT_OF_DAY
from goodfor.loyalty.notice_types import ROSE as ROSE
from goodfor.loyalty.notice_types import NoticeView as NoticeView
from goodfor.loyalty.task_types import EVERY as EVERY
from goodfor.loyalty.task_types import FRIEND as FRIEND
from goodfor.loyalty.task_types import OF_ORDERS as OF_ORDERS
from goodfor.loyalty.task_types import ONCE as ONCE
from goodfor.loyalty.task_types import ONCE_ONLY as ONCE_ONLY
from goodfor.loyalty.task_types import RATED as RATED
from goodfor.loyalty.task_types import TASKS as TASKS
from goodfor.loyalty.task_types import Task as Task
from goodfor.loyalty.task_types import TaskCost as TaskCost
from goodfor.loyalty.task_types import TaskSet as TaskSet
from goodfor.loyalty.task_types import TaskView as TaskView
from goodfor.loyalty.tier_types import CALENDAR as CALENDAR
from goodfor.loyalty.tier_types import EARNED as EARNED
from goodfor.loyalty.tier_types import GRANTED as GRANTED
from goodfor.loyalty.tier_types import GROWN as GROWN
from goodfor.loyalty.tier_types import ORDERED as ORDERED
from goodfor.loyalty.tier_types import PAID as PAID
from goodfor.loyalty.tier_types import ROLLING as ROLLING
from goodfor.loyalty.tier_types import SPENT as SPENT
from goodfor.loyalty.tier_types import USUAL as USUAL
from goodfor.loyalty.tier_types import MemberView as MemberView
from goodfor.loyalty.tier_types import Standing as Standing
from goodfor.loyalty.tier_types import Step as Step
from goodfor.loyalty.tier_types import StepView as StepView
from goodfor.loyalty.tier_types import Tier as Tier
from goodfor.loyalty.tier_types import TierRun as TierRun
from goodfor.loyalty.tier_types import TierSet as TierSet

NO_SCOPE = UUID(int=0)
#: What ends at midnight may be spent on the day before.
_BLINK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose units, and of which kind. `scope`: within what they count (a company); of most kinds nothing."""

    owner: UUID
    kind: str = POINTS
    scope: UUID = NO_SCOPE


@dataclass(frozen=True, slots=True)
class Source:
    """What a movement is of: it happens once for a wallet, a source and a purpose."""

    kind: str
    id: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a shop's points are worth, how they are earned, and how long they live.

    `value_centi`: of a point when it is spent, in hundredths of a minor unit. `redeem_bp`: how many of them are
    expected to be spent, in ten-thousandths. `earn_centi`: hundredths of a point for each whole unit (yuan) paid.
    `pending_codes_days`, `pending_top_ups_days`: until earned points may be spent, from the delivery on. `live_months`:
    months after which they expire, at the end of a month of the shop's; 0: never. `debt`: what is taken back and was
    spent is owed; else it is let go. `grace_days`: how long units live that come back after their end.
    `day_most`: points that orders of a day earn at most; 0: no cap. `growth_centi`: the same as `earn_centi`, of
    growth. `transferable`: members may give points away. `checkin`: points for the first, second ... day in a row on
    which a member looks in, the last for all further ones; none: nothing is given for it. `meet_bp`: how much of an
    order's price points may meet beside money, in ten-thousandths; 0: none.
    """

    on: bool = False
    value_centi: int = 100
    redeem_bp: int = 9_500
    earn_centi: int = 100
    growth_centi: int = 100
    pending_codes_days: int = 7
    pending_top_ups_days: int = 3
    live_months: int = 12
    debt: bool = False
    grace_days: int = 30
    day_most: int = 0
    transferable: bool = False
    checkin: tuple[int, ...] = ()
    meet_bp: int = 0


@dataclass(frozen=True, slots=True)
class Met:
    """So many points meet so much of a price, in minor units."""

    units: int
    minor: int


@dataclass(frozen=True, slots=True)
class More:
    """A part of what was paid for an order that earns `times_bp` of 10,000 of the usual points, and `plus` beside."""

    paid_minor: int
    times_bp: int
    plus: int = 0


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """A day on which a member looked in: the how manieth in a row, and what it brought. `again`: he had already."""

    day: date
    streak: int
    units: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """Terms in force from an instant on."""

    number: int
    terms: Terms
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Move:
    """A movement that was made, or had been made before (`again`).

    `units`: signed. `minor`: by how much the debt of the books moved, signed. `short`: units that were to be taken,
    were not there, and were let go.
    """

    entry_id: UUID
    units: int
    minor: int
    short: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """A wallet now. `available` may be spent, `pending` not yet; `debt` is taken from what comes next."""

    available: int = 0
    pending: int = 0
    debt: int = 0


@dataclass(frozen=True, slots=True)
class Expiring:
    """So many units end at an instant."""

    units: int
    at: datetime

    @property
    def last(self) -> datetime:
        """On the last day on which they may be spent."""
        return self.at - _BLINK


@dataclass(frozen=True, slots=True)
class EntryView:
    """A line of a member's statement, newest first."""

    id: UUID
    kind: str
    units: int
    source: Source
    reason: str
    at: datetime
    available_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def last(self) -> datetime | None:
        """On the last day of what came; None: for ever, or nothing came."""
        return self.expires_at - _BLINK if self.expires_at else None


@dataclass(frozen=True, slots=True)
class Expired:
    """What a run took off: wallets, units and worth by kind."""

    wallets: int = 0
    units: Mapping[str, int] = field(default_factory=dict)
    minor: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiabilityRow:
    """How what is owed for a kind moved within a period: units and minor units, opening + movements = closing."""

    kind: str
    opening_units: int
    opening_minor: int
    moved: Mapping[str, tuple[int, int]]
    closing_units: int
    closing_minor: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sale would bring: points, what they buy and what the books owe for them (minor units), and growth."""

    units: int
    buys_minor: int
    owed_minor: int
    growth: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What is owed for all points, reckoned anew: asked for on a day of the shop's, and whether it is `through`."""

    day: date
    through: bool
