"""Accounts with suppliers, as values. Decimals are in the supplier's currency; `Money` is the shop's."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from goodfor.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Candidate:
    """A purchase that may explain a difference. `fits`: to the last digit."""

    why: str
    attempt_id: UUID
    number: str
    state: str
    amount: Decimal
    fits: bool


@dataclass(frozen=True, slots=True)
class BalanceDayView:
    """A day of the equation; `difference`: what they say less what is expected."""

    day: date
    opening: Decimal
    top_ups: Decimal
    corrections: Decimal
    charges: Decimal
    refunds: Decimal
    expected: Decimal
    said: Decimal
    difference: Decimal
    under_way: Decimal
    under_way_count: int
    state: str
    candidates: tuple[Candidate, ...]
    sampled_at: datetime


@dataclass(frozen=True, slots=True)
class AccountView:
    """A supplier's account. `prepaid` None: nothing is paid in advance; `difference`: what they say less that.

    `lasts_days` None: nothing was spent in the last week, or nothing is known of what is left.
    """

    supplier_id: UUID
    code: str
    name: str
    currency: str
    cycle: str
    enabled: bool
    prepaid: Decimal | None
    held: Decimal
    payable: Money
    claimed: Money
    said: Decimal | None
    said_at: datetime | None
    credit: Decimal
    difference: Decimal | None
    under_way: Decimal
    under_way_count: int
    low_balance: Decimal | None
    is_low: bool
    lasts_days: int | None
    last_day: BalanceDayView | None
    open_findings: int


@dataclass(frozen=True, slots=True)
class SweepDayView:
    """A day that is asked about again. `running`: in the middle of a round; `next_at` None: no more."""

    day: date
    rounds: int
    running: bool
    asked: int
    unanswered: int
    changed: int
    refunds: int
    next_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MovementView:
    """Money that no purchase moved; positive: more of it is there."""

    id: UUID
    kind: str
    amount: Decimal
    note: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FindingView:
    """What changed about a purchase after its end. `amount`: of this change."""

    id: UUID
    supplier_id: UUID
    attempt_id: UUID
    number: str
    ref: str
    order_id: UUID
    sku_id: UUID
    quantity: int
    got: int
    charged: Decimal | None
    refunded: Decimal
    currency: str
    kind: str
    mark: str
    amount: Decimal
    told_by: str
    at: datetime
    open: bool
    closed_at: datetime | None
    closed_by: str
    note: str


@dataclass(frozen=True, slots=True)
class StatementView:
    """A supplier's own account that was taken in. `sums`: verdict -> (rows, their sum, ours)."""

    id: UUID
    supplier_id: UUID
    filename: str
    from_at: datetime | None
    until_at: datetime | None
    rows: int
    sums: dict[str, tuple[int, Decimal, Decimal]]
    actor: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StatementLineView:
    """A line of it. `place` negative: a purchase of ours that it does not have."""

    place: int
    at: datetime | None
    number: str
    ref: str
    kind: str
    amount: Decimal
    verdict: str
    attempt_id: UUID | None
    ours: Decimal | None
