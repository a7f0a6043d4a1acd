"""What campaigns take off a cart: wishes, what comes of them, and why. Reached through `types`."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.orders.line_types import LineView
from goodfor.promotions.types import BuyerNames, Cart, Choice, Live, Priced, Spec, Traced


@dataclass(frozen=True, slots=True)
class Wish:
    """Who buys, by all his names, and what he asks of campaigns. `coupons`: in the order in which they count.

    `face`: where he buys (web, wechat, mini, api). `expect_minor`: the total that he was shown. `client_id`: of a
    program that buys for itself.
    """

    names: BuyerNames
    face: str
    channel: str
    coupons: tuple[UUID, ...] = ()
    choice: Choice | None = None
    expect_minor: int | None = None
    client_id: UUID | None = None
    contact_index: bytes | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What one revision (and coupon) takes off a line; of a gift all of it. Amounts in minor units."""

    line_id: UUID
    campaign_id: UUID
    revision_id: UUID
    coupon_id: UUID | None
    name: str
    minor: int
    units: int
    loss: int


@dataclass(frozen=True, slots=True)
class MorePoints:
    """A line that earns more points by a campaign: `times_bp` of 10,000 of the usual, `plus` for the order."""

    line_id: UUID
    campaign_id: UUID
    revision_id: UUID
    times_bp: int
    plus: int


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One revision (and coupon) that was looked at: `outcome` is applied, cut, or why it gave nothing."""

    campaign_id: UUID
    revision_id: UUID
    name: str
    outcome: str
    wanted: int
    given: int
    coupon_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Lines at what they cost, gifts behind them, and their total. `priced` None: no campaign looked at them."""

    lines: tuple[LineView, ...]
    total: Money
    cart: Cart | None = None
    priced: Priced | None = None
    lives: tuple[Live, ...] = ()
    taken: tuple[Taken, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    points: tuple[MorePoints, ...] = ()

    @property
    def discounts(self) -> dict[UUID, dict[UUID, int]]:
        """Line -> campaign -> minor units, as the books are told."""
        found: dict[UUID, dict[UUID, int]] = {}
        for one in self.taken:
            off = found.setdefault(one.line_id, {})
            off[one.campaign_id] = off.get(one.campaign_id, 0) + one.minor
        return found

    @property
    def quote(self) -> "Quote":
        """What of it a buyer is told."""
        return Quote(self.total, self.lines, self.taken, self.trace)


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would cost now: its lines (gifts last), by whom what is taken off each, and why nothing more is."""

    total: Money
    lines: tuple[LineView, ...]
    taken: Sequence[Taken] = ()
    trace: Sequence[TraceStep] = ()

    @property
    def discount(self) -> Money:
        """What campaigns take off the list prices, gifts left out."""
        return Money(sum(line.discount_minor for line in self.lines if not line.gift), self.total.currency)


@dataclass(frozen=True, slots=True)
class CouponOption:
    """A coupon tried by itself: what it takes off, in minor units, and what became of it. `traced` None: none of the
    goods are its."""

    coupon_id: UUID
    minor: int
    traced: Traced | None = None
    spec: Spec | None = None
