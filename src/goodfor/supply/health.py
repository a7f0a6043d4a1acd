"""How a supplier did, from counts that can be added up. Pure.

A percentile comes from counts by bounds: it is exact to the bound, and within it as if spread evenly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

#: Seconds; counts have one place more, for what took longer than the last.
BOUNDS: Final = (
    0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1800.0, 3600.0,
    14_400.0, 86_400.0,
)  # fmt: skip
PLACES: Final = len(BOUNDS) + 1
#: When an hour is counted again: until it is so old (hours), every so many minutes. Refunds may come for a month.
AGAIN: Final = ((2, 1), (24, 60), (168, 720), (768, 4320))


@dataclass(frozen=True, slots=True)
class Count:
    """Purchases of some time, added up. Costs in the supplier's currency."""

    tries: int = 0
    ended: int = 0
    success: int = 0
    unknown: int = 0
    speeds: tuple[int, ...] = ()
    delays: tuple[int, ...] = ()
    good: int = 0
    faulty: int = 0
    charged: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    refunds: int = 0

    @property
    def success_rate(self) -> float | None:
        """Of those that ended, with goods; None: none ended."""
        return self.success / self.ended if self.ended else None

    @property
    def unknown_rate(self) -> float | None:
        """Of all, those whose end was not known for a while."""
        return self.unknown / self.tries if self.tries else None

    def speed(self, share: float) -> float | None:
        """Seconds within which that share of the deliveries came."""
        return quantile(self.speeds, share)

    def delay(self, share: float) -> float | None:
        """Seconds after sending within which that share of their calls came."""
        return quantile(self.delays, share)


@dataclass(frozen=True, slots=True)
class Point:
    """Some time of a chart: since when, and what was counted."""

    at: datetime
    count: Count = field(default_factory=Count)


@dataclass(frozen=True, slots=True)
class OutageView:
    """A breaker that opened; `item` is the item's name, empty for the whole supplier."""

    item_key: str
    reason: str
    opened_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class StockAge:
    """How long ago (seconds) the items that are offered were looked at: the median, and the oldest."""

    items: int
    median: float | None
    oldest: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """A supplier over some time, in points of equal length."""

    supplier_id: UUID
    name: str
    currency: str
    points: tuple[Point, ...]
    total: Count
    outages: tuple[OutageView, ...]
    stock: StockAge
    counted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportCard:
    """What a supplier is worth: codes, speed, money. Amounts in their currency."""

    supplier_id: UUID
    name: str
    currency: str
    since: datetime
    until: datetime
    total: Count
    validity: float | None
    p50: float | None
    p95: float | None
    promise_seconds: int | None
    complaints: int
    upheld: int
    upheld_units: int
    outages: int

    @property
    def net(self) -> Decimal:
        """What was paid and did not come back."""
        return self.total.charged - self.total.refunded


def added(counts: Iterable[Count]) -> Count:
    """All together."""
    found = list(counts)
    return Count(
        tries=sum(one.tries for one in found),
        ended=sum(one.ended for one in found),
        success=sum(one.success for one in found),
        unknown=sum(one.unknown for one in found),
        speeds=_added([one.speeds for one in found]),
        delays=_added([one.delays for one in found]),
        good=sum(one.good for one in found),
        faulty=sum(one.faulty for one in found),
        charged=sum((one.charged for one in found), Decimal(0)),
        refunded=sum((one.refunded for one in found), Decimal(0)),
        refunds=sum(one.refunds for one in found),
    )


def _added(rows: Sequence[Sequence[int]]) -> tuple[int, ...]:
    return tuple(sum(row[at] for row in rows if at < len(row)) for at in range(PLACES)) if any(rows) else ()


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


def validity(count: Count, upheld: int) -> float | None:
    """Of the units that were paid for, those that were good: neither spoiled on receipt nor proved bad by a buyer."""
    paid = count.good + count.faulty
    return max(0, count.good - upheld) / paid if paid else None
