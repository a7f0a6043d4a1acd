"""The public figures: counts that can be added up, and what is said of them. Pure.

A percentile comes from counts by bounds: it is exact to the bound, and within it as if spread evenly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

#: Seconds; counts have one place more, for what took longer than the last.
BOUNDS: Final = (
    1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1_800.0, 3_600.0, 14_400.0,
    86_400.0, 259_200.0, 604_800.0,
)  # fmt: skip
PLACES: Final = len(BOUNDS) + 1
#: When a day is counted again: until it is so old (days), every so long. A claim may come for months.
AGAIN: Final = (
    (1, timedelta(minutes=2)), (7, timedelta(hours=1)), (120, timedelta(days=1)),
)  # fmt: skip
WINDOWS: Final = (30, 90)
SHOP, CATEGORY, SKU = "shop", "category", "sku"


@dataclass(frozen=True, slots=True)
class Count:
    """Of some time, added up; as in `FigureDay`."""

    units: int = 0
    bad: int = 0
    speeds: tuple[int, ...] = ()
    backs: tuple[int, ...] = ()
    decided: int = 0
    automatic: int = 0
    due: int = 0
    kept: int = 0
    grants: int = 0
    granted_minor: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.units + other.units, self.bad + other.bad, places(self.speeds, other.speeds),
            places(self.backs, other.backs), self.decided + other.decided, self.automatic + other.automatic,
            self.due + other.due, self.kept + other.kept, self.grants + other.grants,
            self.granted_minor + other.granted_minor,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What a shop, a category or a SKU did on the `days` days up to `until`; None where there is nothing to tell from.

    Shares between 0 and 1, times in seconds.
    """

    scope: str
    scope_id: UUID
    days: int
    since: date
    until: date
    counted_at: datetime | None
    currency: str
    count: Count

    @property
    def valid_rate(self) -> float | None:
        """Delivered units that did not prove bad."""
        return max(0, self.count.units - self.count.bad) / self.count.units if self.count.units else None

    @property
    def automatic_rate(self) -> float | None:
        """Decided claims that nobody had to touch."""
        return self.count.automatic / self.count.decided if self.count.decided else None

    @property
    def kept_rate(self) -> float | None:
        """Promised answers and decisions that came in time."""
        return self.count.kept / self.count.due if self.count.due else None

    @property
    def delivered(self) -> int:
        """Deliveries that were timed."""
        return sum(self.count.speeds)

    @property
    def refunded(self) -> int:
        """Refunds that were timed."""
        return sum(self.count.backs)

    @property
    def delivered_p50(self) -> float | None:
        """From paid to delivered, half within."""
        return quantile(self.count.speeds, 0.5)

    @property
    def delivered_p95(self) -> float | None:
        """From paid to delivered, 95 of 100 within."""
        return quantile(self.count.speeds, 0.95)

    @property
    def refund_p50(self) -> float | None:
        """From the decision to the money back, half within."""
        return quantile(self.count.backs, 0.5)

    @property
    def refund_p95(self) -> float | None:
        """From the decision to the money back, 95 of 100 within."""
        return quantile(self.count.backs, 0.95)


def added(counts: Iterable[Count]) -> Count:
    """All of them."""
    total = Count()
    for one in counts:
        total += one
    return total


def places(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """Counts by bounds, added place by place; empty ones are zeros."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    return tuple(count + (shorter[at] if at < len(shorter) else 0) for at, count in enumerate(longer))


def quantile(counts: Sequence[int], share: float) -> float | None:
    """Seconds within which `share` (0 to 1) lie; None without any. What took longer than all bounds is the last one."""
    total = sum(counts)
    if not total:
        return None
    wanted, so_far = share * total, 0
    for at, count in enumerate(counts):
        if count and so_far + count >= wanted:
            low = BOUNDS[at - 1] if at else 0.0
            high = BOUNDS[at] if at < len(BOUNDS) else BOUNDS[-1]
            return low + (high - low) * max(0.0, min(1.0, (wanted - so_far) / count))
        so_far += count
    return BOUNDS[-1]


def next_count(day: date, today: date, now: datetime) -> datetime | None:
    """When a day that was counted now is to be counted again."""
    age = (today - day).days
    return next((now + every for until, every in AGAIN if age <= until), None)
