"""What goes in and out of insights. Amounts are minor units of one currency; days are days of the books."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.insights.visit_types import CAME as CAME
from goodfor.insights.visit_types import CHECKED_OUT as CHECKED_OUT
from goodfor.insights.visit_types import LOOKED as LOOKED
from goodfor.insights.visit_types import Seen as Seen
from goodfor.insights.visit_types import Visits as Visits

#: The ledger's days, whatever the shop's calendar is.
BOOKS: Final = ZoneInfo("Asia/Shanghai")
#: Stands where a figure belongs to no SKU, supplier or campaign.
NONE: Final = UUID(int=0)
DAY, MONTH, TOTAL = "d", "m", "t"
GRAINS: Final = (DAY, MONTH, TOTAL)
By = Literal["", "day", "week", "month", "sku", "category", "supplier", "channel", "method", "segment", "campaign"]
#: Who buys: for the first time, again, a program that sells on, or nobody knows.
NEW, RETURNING, CLIENT, UNKNOWN = "new", "returning", "client", "unknown"
SEGMENTS: Final = (NEW, RETURNING, CLIENT, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of the cube over whatever was asked for; income and what takes from it are both positive.

    `paid`: buyers paid for orders; `paid_back`: of this given back before delivery; `sales`: delivered, at its price;
    `sales_back`: given back after delivery; `adjusted`: what else moved the sales (tax, agent's share), signed;
    `difference`: losses of reconciliation and other costs. Counts: `orders` and `lines` delivered, with their `units`.
    """

    paid_minor: int = 0
    paid_back_minor: int = 0
    sales_minor: int = 0
    sales_back_minor: int = 0
    adjusted_minor: int = 0
    other_income_minor: int = 0
    discount_minor: int = 0
    cost_minor: int = 0
    fee_minor: int = 0
    commission_minor: int = 0
    marketing_minor: int = 0
    compensation_minor: int = 0
    recovery_minor: int = 0
    difference_minor: int = 0
    paid_orders: int = 0
    orders: int = 0
    lines: int = 0
    units: int = 0
    refunds: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in MEASURES))

    @property
    def gmv_minor(self) -> int:
        """What buyers paid for orders, before anything went back."""
        return self.paid_minor

    @property
    def net_minor(self) -> int:
        """Net revenue, as in the income statement."""
        return (
            self.sales_minor - self.sales_back_minor + self.adjusted_minor + self.other_income_minor
            - self.discount_minor
        )  # fmt: skip

    @property
    def margin_minor(self) -> int:
        """Net revenue less what the goods cost."""
        return self.net_minor - self.cost_minor

    @property
    def profit_minor(self) -> int:
        """What is left of it all; over everything it is the profit of the income statement."""
        return (
            self.margin_minor - self.fee_minor - self.commission_minor - self.marketing_minor
            - self.compensation_minor + self.recovery_minor - self.difference_minor
        )  # fmt: skip

    @property
    def margin_rate(self) -> float | None:
        """Margin as a share of net revenue."""
        return self.margin_minor / self.net_minor if self.net_minor > 0 else None

    @property
    def refund_rate(self) -> float | None:
        """Of the delivered sales the share that was given back after delivery."""
        return self.sales_back_minor / self.sales_minor if self.sales_minor > 0 else None

    @property
    def average_minor(self) -> int | None:
        """What a paid order comes to."""
        return self.paid_minor // self.paid_orders if self.paid_orders else None


#: The sums of the cube, in the order of its columns.
MEASURES: Final = tuple(each.name for each in fields(Figures))


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the cube: from day to day, both included, and of which part; None: of all.

    `sku_ids` and `category_ids` together mean both: the SKUs that are in these categories today.
    """

    first: date
    last: date
    currency: str
    sku_ids: tuple[UUID, ...] | None = None
    category_ids: tuple[UUID, ...] | None = None
    supplier_ids: tuple[UUID, ...] | None = None
    campaign_ids: tuple[UUID, ...] | None = None
    channels: tuple[str, ...] | None = None
    methods: tuple[str, ...] | None = None
    segments: tuple[str, ...] | None = None

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def before(self) -> "Ask":
        """The same of as many days right before."""
        return replace(self, first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Slice:
    """The figures of one day, SKU ...: `key` is its date, id or name; `name` for people, where there is one."""

    key: str
    figures: Figures
    name: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """How far the orders placed in a time have come. A step holds whoever took it, whatever came later.

    `claimed`, `proven`: orders with a claim that was not withdrawn, with goods that proved bad.
    """

    placed: int = 0
    started: int = 0
    paid: int = 0
    held: int = 0
    delivered: int = 0
    expired: int = 0
    cancelled: int = 0
    refunded: int = 0
    refunded_undelivered: int = 0
    partly_refunded: int = 0
    claimed: int = 0
    claims: int = 0
    proven: int = 0
    placed_minor: int = 0

    def __add__(self, other: "Steps") -> "Steps":
        return Steps(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Steps)))

    @property
    def conversion(self) -> float | None:
        """Of the placed orders the share that was paid."""
        return self.paid / self.placed if self.placed else None

    @property
    def delivery_rate(self) -> float | None:
        """Of the paid orders the share that was delivered."""
        return self.delivered / self.paid if self.paid else None

    @property
    def refund_rate(self) -> float | None:
        """Of the paid orders the share of which money went back, whole or in part."""
        return (self.refunded + self.partly_refunded) / self.paid if self.paid else None

    @property
    def claim_rate(self) -> float | None:
        """Of the delivered orders the share that was claimed."""
        return self.claimed / self.delivered if self.delivered else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """From the first page to the delivery: visits of the storefront, and its orders by how far they have come.

    `visits` is None where the question is narrowed by what is not known of a visit.
    """

    visits: Visits | None
    steps: "Steps"

    @property
    def conversion(self) -> float | None:
        """Of the browsers that came the share that paid; above 1 is possible, as a browser may pay twice a day."""
        return self.steps.paid / self.visits.came if self.visits and self.visits.came else None

    @property
    def left_at_checkout(self) -> float | None:
        """Of the browsers that began to check out the share that placed no order."""
        if not self.visits or not self.visits.checked_out:
            return None
        return max(0.0, 1 - self.steps.placed / self.visits.checked_out)


#: The counts of the flow, in the order of its columns.
STEPS: Final = tuple(each.name for each in fields(Steps))


@dataclass(frozen=True, slots=True)
class CohortRow:
    """Buyers by the month of their first order; `kept[n]`: how many of them bought in the n-th month after it."""

    cohort: date
    buyers: int
    kept: tuple[int, ...]
    orders: tuple[int, ...]
    paid_minor: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of a SKU that will be wanted within `horizon` days from `made_on`: 8 of 10 times between low and high."""

    sku_id: UUID
    horizon: int
    low: int
    mid: int
    high: int
    made_on: date
    method: str


@dataclass(frozen=True, slots=True)
class Restock:
    """How long a SKU's stock lasts, and how many units bring it to the high side of its demand."""

    sku_id: UUID
    name: str
    available: int
    demand: Demand
    days_left: float | None
    advice: int


@dataclass(frozen=True, slots=True)
class SupplierHealth:
    """A supplier's last 24 hours; rates None where nothing was tried."""

    supplier_id: UUID
    name: str
    enabled: bool
    tries: int
    success_rate: float | None
    faulty_rate: float | None


@dataclass(frozen=True, slots=True)
class RiskHealth:
    """What risk control decided in a time, by outcome; `failing`: with a part that did not answer."""

    decisions: int
    outcomes: tuple[tuple[str, int], ...]
    failing: int

    @property
    def refused_rate(self) -> float | None:
        """The share that was refused."""
        return dict(self.outcomes).get("deny", 0) / self.decisions if self.decisions else None


@dataclass(frozen=True, slots=True)
class Board:
    """The first page: these days, as many before, by day, and the funnel of both; None where the flow cannot say."""

    ask: Ask
    now: Figures
    before: Figures
    days: tuple[Slice, ...]
    steps: Steps | None
    steps_before: Steps | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: what (`kind`), how much it matters (higher first), and its words."""

    kind: str
    weight: float
    text: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """What a chart shows, as rows for people and for files: money as decimal strings, shares as numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    #: What each column means, in its order; empty where it is plain.
    meanings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportView:
    """A saved report. `staff_ids`: whom it is sent to; `weekday` 0 to 6 or `day` 1 to 28 where its rhythm needs one."""

    id: UUID
    name: str
    spec: "Spec"
    rhythm: str
    at_hour: int
    weekday: int
    day: int
    staff_ids: tuple[UUID, ...]
    due_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Spec:
    """What a report shows: the figures of the last `days` days, by one dimension, of a part; names as in `Ask`."""

    by: By
    days: int
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    columns: tuple[str, ...] = ()


Dimension = Literal[
    "day", "week", "month", "quarter", "year", "weekday", "sku", "category", "supplier", "channel", "method", "segment",
    "campaign",
]  # fmt: skip
Unit = Literal["week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Free:
    """A heavy question: the figures of a part, over many years if wished, grouped by several dimensions at once.

    `order`: the figure that the rows are sorted by, the highest first; "": by their keys. `most`: rows, no more.
    """

    ask: Ask
    by: tuple[Dimension, ...]
    order: str = "paid_minor"
    most: int = 1_000


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows of a free question, each with its keys (ids, dates, 1 to 7 for Monday to Sunday) and its figures.

    `cut`: there are more rows than were wanted; `taken_at`: of when the snapshot is.
    """

    rows: tuple[tuple[tuple[str, ...], Figures], ...]
    cut: bool
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cohorts of years, by the span of the buyers' first order and, if wished, by what that first order was.

    `rows`: (part, cohort), the oldest first; `part` is "" where it was not asked for. Spans are weeks from Monday,
    months, quarters or years, each named by its first day.
    """

    unit: Unit
    rows: tuple[tuple[str, CohortRow], ...]
    taken_at: datetime


def added(many: Iterable[Figures]) -> Figures:
    """All of them."""
    total = Figures()
    for one in many:
        total += one
    return total


def day_of(at: datetime) -> date:
    """The day of the books that an instant is in."""
    return at.astimezone(BOOKS).date()
