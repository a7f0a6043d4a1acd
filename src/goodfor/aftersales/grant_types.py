"""What the pages of compensation show: the reserve and how far it reaches, and what each supplier owes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from goodfor.kernel.money import Money

#: Below this the reserve is thin: balance by expected claims of 90 days.
ADEQUATE: Final = Decimal("1.2")


@dataclass(frozen=True, slots=True)
class ReserveDayView:
    """What was set aside for a day of the books."""

    day: date
    sales: Money
    accrued: Money


@dataclass(frozen=True, slots=True)
class ReserveView:
    """What is set aside, and what proven claims of 90 days cost at the terms that their orders had.

    `expected_90d` is proven units times the average payment times the multiple of the promise, each claim at most its
    cap: the loss of the next 90 days, if they go like the last. `ratio`: balance by it; None where nothing is expected.
    """

    balance: Money
    expected_90d: Money
    ratio: Decimal | None
    basis_points: int
    accrued_90d: Money
    paid_90d: Money
    proven_units: int
    cases: int

    @property
    def low(self) -> bool:
        """Too thin for what is to be expected."""
        return self.ratio is not None and self.ratio < ADEQUATE


@dataclass(frozen=True, slots=True)
class RecoverySum:
    """A supplier's open recoveries, and what came of those that are over."""

    supplier_id: UUID
    due: Money
    due_count: int
    sent: Money
    sent_count: int
    settled: Money
    written_off: Money
    oldest: datetime | None
    cost: bool = True
    compensation_points: int = 0


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row of a recovery sheet, for a supplier who takes complaints as a file. The code is masked."""

    order: str
    purchase: str
    code: str
    day: date
    amount: Money
