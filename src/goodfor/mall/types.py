"""What goes into the mall and comes out. Points are whole; amounts are minor units of the shop's currency."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.mall.odds import Chance as Chance
from goodfor.mall.states import DAY as DAY
from goodfor.mall.states import EVER as EVER
from goodfor.mall.states import GOODS as GOODS
from goodfor.mall.states import MONTH as MONTH
from goodfor.mall.states import NOTHING as NOTHING
from goodfor.mall.states import PERIODS as PERIODS
from goodfor.mall.states import POINTS as POINTS
from goodfor.mall.states import PRIZES as PRIZES
from goodfor.mall.states import WEEK as WEEK


@dataclass(frozen=True, slots=True)
class RewardWish:
    """A reward as it is asked for. `stock` None: as long as there are goods; `most` None: any number a member.

    `exclusive`: only members who may have it see it.
    """

    sku_id: UUID
    points: int
    cash_minor: int = 0
    stock: int | None = None
    most: int | None = None
    period: str = EVER
    least_rank: int = 0
    exclusive: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    position: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class RewardView:
    """A reward as it is; `taken` of its pieces are with members."""

    id: UUID
    state: str
    wish: RewardWish
    taken: int
    currency: str

    @property
    def cash(self) -> Money:
        """What is paid with money."""
        return Money(self.wish.cash_minor, self.currency)

    @property
    def left(self) -> int | None:
        """Pieces that may still be had; None: as long as there are goods."""
        return None if self.wish.stock is None else self.wish.stock - self.taken


@dataclass(frozen=True, slots=True)
class Offered:
    """A reward as somebody sees it, and what of it stands between him and it.

    `missing`: points that he lacks. `tier`: the name of the tier that he has not reached; empty: he has. `had`: he has
    had as many as one may. `gone`: nothing is left. `opens_at`: it begins later. `price`: what the goods cost
    otherwise.
    """

    reward: RewardView
    title: str
    slug: str
    face: str
    image_url: str | None
    category: str
    price: Money
    kind: str
    missing: int
    tier: str
    had: bool
    gone: bool
    opens_at: datetime | None

    @property
    def free(self) -> bool:
        """Whether it can be had now."""
        return not (self.missing or self.tier or self.had or self.gone or self.opens_at)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """An order that points pay. `secret` opens it: shown once; empty where the same request was answered before."""

    order_id: UUID
    number: str
    state: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RedemptionView:
    """A redemption as it stands on a list."""

    id: UUID
    reward_id: UUID
    sku_id: UUID
    owner: UUID
    order_id: UUID
    state: str
    points: int
    paid: Money
    cash: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class PrizeWish:
    """A prize as it is asked for: goods (`sku_id`), points (`units`) or nothing. `stock` None: as many as are won."""

    name: str
    kind: str
    weight: int
    stock: int | None = None
    units: int = 0
    sku_id: UUID | None = None
    consolation: bool = False


@dataclass(frozen=True, slots=True)
class DrawWish:
    """A draw as it is asked for: points a play, plays a member and day, and its prizes in the order of their odds."""

    name: str
    cost: int
    per_day: int
    starts_at: datetime
    ends_at: datetime
    prizes: tuple[PrizeWish, ...]
    least_rank: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class PrizeView:
    """A prize as it is now. `share`: its odds now; `left`: it can be won."""

    id: UUID
    wish: PrizeWish
    won: int
    left: bool
    share: Fraction

    @property
    def remaining(self) -> int | None:
        """How many there still are; None: as many as are won."""
        return None if self.wish.stock is None else self.wish.stock - self.won

    @property
    def percent(self) -> str:
        """Its odds in words: at least two places, and never 0 for what can be won."""
        amount = float(self.share * 100)
        if not amount:
            return "0%"
        places = 2 if amount >= 0.01 else 4
        return f"{amount:.{places}f}%"


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw with its prizes as they are now."""

    id: UUID
    state: str
    wish: DrawWish
    prizes: tuple[PrizeView, ...]
    made_at: datetime

    @property
    def consolation(self) -> PrizeView:
        """What a roll of something that is gone gives."""
        return next(one for one in self.prizes if one.wish.consolation)

    def open(self, now: datetime) -> bool:
        """Whether one may play now."""
        return self.state == "on" and self.wish.starts_at <= now < self.wish.ends_at


@dataclass(frozen=True, slots=True)
class Played:
    """What a play gave. `number`: of the order of goods that were won; `left`: plays of this day that remain."""

    play_id: UUID
    prize: PrizeWish
    prize_id: UUID
    units: int
    order_id: UUID | None
    number: str
    left: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class PlayView:
    """A play as it can be told again: the roll, and the table of odds as it was."""

    id: UUID
    draw_id: UUID
    owner: UUID
    at: datetime
    cost: int
    roll: int
    table: tuple[Chance, ...]
    drawn_id: UUID
    prize_id: UUID
    prize: str
    kind: str
    units: int
    order_id: UUID | None
    minor: int
    state: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What the mall gave away in a time: how many, for how many points, and what it was worth (minor units).

    `redeemed_minor`: what points paid of orders; `prizes_minor`: goods that were won. What came back is taken off.
    """

    redeemed: int
    redeemed_points: int
    redeemed_minor: int
    plays: int
    play_points: int
    prize_units: int
    prizes_minor: int
