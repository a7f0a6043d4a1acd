"""What goes in and out of subscriptions. Money is `Money`, times are aware UTC."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.payments.types import Instruction
from goodfor.subscriptions import states
from goodfor.subscriptions.states import CYCLES as CYCLES
from goodfor.subscriptions.states import DEFAULTS as DEFAULTS

#: `Payment.source_type` of what is charged for a period.
SOURCE: Final = "subscription_period"


@dataclass(frozen=True, slots=True)
class PlanWish:
    """Terms that somebody of the staff wants for a plan. `default_points`: for each pick that nobody made."""

    name: str
    price_minor: int
    months: int
    picks: int
    skus: tuple[UUID, ...]
    words: str = ""
    carry: int = 0
    pause_days: int = 0
    default_kind: str = states.NOTHING
    default_sku: UUID | None = None
    default_points: int = 0
    tier_rank: int = 0


@dataclass(frozen=True, slots=True)
class TermsView:
    """What a plan costs and gives."""

    id: UUID
    number: int
    words: str
    price: Money
    months: int
    picks: int
    skus: tuple[UUID, ...]
    carry: int
    pause_days: int
    default_kind: str
    default_sku: UUID | None
    default_points: int
    tier_rank: int

    @property
    def a_month(self) -> Money:
        """The price of a month, rounded up: never less than what is paid."""
        return Money(-(-self.price.amount_minor // self.months), self.price.currency)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its latest terms."""

    id: UUID
    slug: str
    name: str
    state: str
    terms: TermsView
    made_at: datetime


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A period. `left`: picks that are open now or will be; `open`: they can be made now."""

    id: UUID
    number: int
    kind: str
    state: str
    starts_at: datetime
    ends_at: datetime
    price: Money
    credit: Money
    charge: Money
    picks: int
    carried: int
    picked: int
    given: int
    left: int
    open: bool
    attempt: int
    next_try_at: datetime | None
    why: str
    payment_id: UUID | None
    paid_at: datetime | None
    recognised: Money
    back: Money
    open_until: datetime | None


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription. `next_plan`: what it becomes with the next period, if that changes."""

    id: UUID
    owner: UUID
    plan: PlanView
    terms: TermsView
    next_plan: PlanView | None
    state: str
    why: str
    stops: bool
    mandate_over: bool
    mandate_id: UUID | None
    next_start: datetime | None
    paid_until: datetime | None
    created_at: datetime
    ended_at: datetime | None
    pause_left: int = 0

    @property
    def pausing(self) -> bool:
        """Whether it pauses, or will after what is paid."""
        return self.next_start is not None and self.paid_until is not None and self.next_start > self.paid_until


@dataclass(frozen=True, slots=True)
class NextCharge:
    """When somebody is charged next, and how much; `again`: it was refused before."""

    at: datetime
    amount: Money
    again: bool


@dataclass(frozen=True, slots=True)
class PickView:
    """An order that was picked."""

    id: UUID
    period_id: UUID
    slot: int
    state: str
    made_by: str
    sku_id: UUID
    order_id: UUID
    minor: int
    picked_at: datetime


@dataclass(frozen=True, slots=True)
class Picked:
    """A pick as its member has it. `secret` opens the order for a guest: empty where the request came again."""

    order_id: UUID
    number: str
    state: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Signing:
    """A subscription that waits for its signature, and where its member gives it."""

    subscription_id: UUID
    instruction: Instruction


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a subscription as it was written down."""

    from_state: str
    to_state: str
    actor: str
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DayView:
    """A day that was recognised."""

    day: date
    minor: int
    periods: int
