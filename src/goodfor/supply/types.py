"""What goes in and out of supply. Costs are exact decimals in the supplier's currency, prices minor units."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from goodfor.supply.account_types import AccountView as AccountView
from goodfor.supply.account_types import BalanceDayView as BalanceDayView
from goodfor.supply.account_types import FindingView as FindingView
from goodfor.supply.account_types import StatementView as StatementView
from goodfor.supply.account_types import SweepDayView as SweepDayView
from goodfor.supply.health import Count as Count
from goodfor.supply.health import Health as Health
from goodfor.supply.health import Point as Point
from goodfor.supply.health import ReportCard as ReportCard
from goodfor.supply.inquiry_types import AfterSales as AfterSales
from goodfor.supply.inquiry_types import CodeOrigin as CodeOrigin
from goodfor.supply.inquiry_types import ConsequenceView as ConsequenceView
from goodfor.supply.inquiry_types import InquiryView as InquiryView
from goodfor.supply.inquiry_types import Measure as Measure
from goodfor.supply.inquiry_types import SupplierReport as SupplierReport
from goodfor.supply.statement_profile import SIGNS as SIGNS
from goodfor.supply.statement_profile import TIMES as TIMES
from goodfor.supply.statement_profile import Profile as Profile


@dataclass(frozen=True, slots=True)
class SupplierView:
    """A supplier without its secrets."""

    id: UUID
    shop_id: UUID
    code: str
    name: str
    protocol: str
    currency: str
    config: Mapping[str, Any]
    enabled: bool
    rate: Decimal
    cycle: str
    priority: int
    balance: Decimal | None
    credit: Decimal
    low_balance: Decimal | None
    balance_at: datetime | None
    hook: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WantLine:
    """A line to be bought. `form`: what the buyer filled in, by meaning (`asked`)."""

    line_id: UUID
    sku_id: UUID
    quantity: int
    price_minor: int
    kind: str = "code"
    form: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Buyable:
    """How many units could be bought now, and when the oldest of the items was last looked at."""

    units: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class AskedField:
    """One thing that a top-up asks of the buyer. `name`: what it means; `format` of `formats`; `options` are words."""

    name: str
    label: str
    type: str
    required: bool
    hint: str
    format: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToppedUp:
    """A purchase that topped an account up: by whom, under which number, how much, and when. `cost_minor`: of all."""

    number: str
    supplier: str
    ref: str
    units: int
    cost_minor: int
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One purchase, without codes."""

    id: UUID
    want_id: UUID
    order_id: UUID
    line_id: UUID
    supplier_id: UUID
    number: str
    item_id: str
    quantity: int
    got: int
    state: str
    ref: str
    max_cost: Decimal
    charged: Decimal | None
    refunded: Decimal
    currency: str
    reason: str
    word: str
    trace: Mapping[str, Any]
    asked: int
    next_at: datetime | None
    sent_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class WatchRule:
    """How a price follows a cost. Percents are hundredths of a percent, money minor units; None: no bound.

    `mode`: follow or alert. Price: cost, margin in percent, then `margin_minor`, rounded up to the next number that is
    `ending_minor` more than a multiple of `step_minor`, within least and most. A change beyond `most_once_points` of
    the price, or `most_day_points` of the price in the morning, waits for a person.
    """

    mode: str = "follow"
    margin_points: int = 0
    margin_minor: int = 0
    step_minor: int = 1
    ending_minor: int = 0
    most_once_points: int | None = None
    most_day_points: int | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    pause_on_loss: bool = True

    def columns(self) -> dict[str, Any]:
        """By the names of the table."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class WatchView:
    """A rule and where it stands. `cost`: of a unit, in the shop's currency, as the rule was applied to it last."""

    sku_id: UUID
    rule: WatchRule
    cost: Decimal | None
    paused_at: datetime | None
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class MoveView:
    """What a rule did or proposes. `what`: price, alert, pause, resume; `state`: waiting, done, refused, stale."""

    id: UUID
    sku_id: UUID
    what: str
    state: str
    held_by: str
    supplier_id: UUID | None
    old_cost: Decimal | None
    new_cost: Decimal | None
    old_minor: int
    new_minor: int
    currency: str
    at: datetime
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class DraftChange:
    """What a trial changes of an offer, or of all offers of a supplier; None: as it is.

    `cost`: of a unit, in the supplier's currency. `cost_points`: hundredths of a percent more or less.
    """

    priority: int | None = None
    weight: int | None = None
    enabled: bool | None = None
    cost: Decimal | None = None
    cost_points: int | None = None


@dataclass(frozen=True, slots=True)
class TrialDraft:
    """Another routing to be tried. `sku_id`: only of this one; `floors`: minor units by SKU."""

    sku_id: UUID | None = None
    offers: Mapping[UUID, DraftChange] = field(default_factory=dict)
    suppliers: Mapping[UUID, DraftChange] = field(default_factory=dict)
    floors: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrialShare:
    """A supplier's part in a trial, really or by the draft. Units may be fractions: they are expected. Money landed."""

    tried: Decimal
    good: Decimal
    cost: Decimal
    margin: Decimal

    @property
    def failed(self) -> float | None:
        """The share of units that were asked for and not delivered; None where none was asked for."""
        return float(1 - self.good / self.tried) if self.tried else None


@dataclass(frozen=True, slots=True)
class TrialView:
    """A trial. `really` and `draft` by supplier. `changed`: wants that would go to another supplier first.

    `unserved`: units that nobody would deliver by the draft, `unrecorded`: wants for which nothing was tried then.
    """

    id: UUID
    state: str
    problem: str
    draft: TrialDraft
    since: datetime
    until: datetime
    total: int
    done: int
    cut: bool
    really: Mapping[UUID, TrialShare]
    drafted: Mapping[UUID, TrialShare]
    changed: int
    unserved: Decimal
    really_unserved: int
    unrecorded: int
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class OfferNow:
    """An offer of a SKU as routing has it now. `cost` of a unit in `currency`, `landed` in the shop's."""

    offer_id: UUID
    supplier_id: UUID
    supplier: str
    item: str
    cost: Decimal
    currency: str
    landed: Decimal
    priority: int
    weight: int
    enabled: bool
    state: str


@dataclass(frozen=True, slots=True)
class MatchItem:
    """Something a supplier sells, as it was last seen. Costs in `currency`; `landed` in the shop's."""

    id: UUID
    supplier_id: UUID
    supplier: str
    item_id: str
    name: str
    brand: str
    kind: str
    cost: Decimal
    currency: str
    landed: Decimal
    face_value: Decimal | None
    state: str
    stock_word: str
    stock: int | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that may be the same as a SKU: a score out of 100 and stable words for why."""

    sku_id: UUID
    item: MatchItem
    score: int
    reasons: tuple[str, ...]
