"""What happened in supply, for the rooms above. No codes, no secrets."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True)
class LineSupplied(Event):
    """All that a line wanted from suppliers is there, reserved for it."""

    name: ClassVar[str] = "supply.line_supplied"
    version: ClassVar[int] = 1

    order_id: UUID
    line_id: UUID


@dataclass(frozen=True)
class LineFailed(Event):
    """No supplier could deliver: the money is to go back."""

    name: ClassVar[str] = "supply.line_failed"
    version: ClassVar[int] = 1

    order_id: UUID
    line_id: UUID
    reason: str


@dataclass(frozen=True)
class StockBought(Event):
    """What was bought for the shop's own stock is there: `got` of `wanted` units; `reason` where some are missing."""

    name: ClassVar[str] = "supply.stock_bought"
    version: ClassVar[int] = 1

    restock_id: UUID
    sku_id: UUID
    wanted: int
    got: int
    reason: str


@dataclass(frozen=True)
class AttemptNeedsPerson(Event):
    """A purchase whose end nobody can find out by asking."""

    name: ClassVar[str] = "supply.attempt_needs_person"
    version: ClassVar[int] = 1

    attempt_id: UUID
    supplier_id: UUID
    reason: str


@dataclass(frozen=True)
class BreakerOpened(Event):
    """A supplier, or one of its items, is not bought from for a while."""

    name: ClassVar[str] = "supply.breaker_opened"
    version: ClassVar[int] = 1

    supplier_id: UUID
    item_key: str
    reason: str


@dataclass(frozen=True)
class PriceWatched(Event):
    """A watched cost changed. `what`: price (applied), held (a person decides), alert, pause, resume."""

    name: ClassVar[str] = "supply.price_watched"
    version: ClassVar[int] = 1

    sku_id: UUID
    move_id: UUID
    what: str


@dataclass(frozen=True)
class RefundedAfterSuccess(Event):
    """A supplier gave money back for goods that had come: they may be worth nothing. Amount in its currency."""

    name: ClassVar[str] = "supply.refunded_after_success"
    version: ClassVar[int] = 1

    finding_id: UUID
    attempt_id: UUID
    supplier_id: UUID
    amount: str
    currency: str


@dataclass(frozen=True)
class BalanceLow(Event):
    """What lies at a supplier fell below its mark. `which`: said by them, or of the books. Numbered by each fall."""

    name: ClassVar[str] = "supply.balance_low"
    version: ClassVar[int] = 1

    supplier_id: UUID
    which: str
    left: str
    mark: str
    currency: str
    crossing: int
    #: At the pace of the last week; none: nothing was spent.
    lasts_days: int | None


@dataclass(frozen=True)
class BalanceBroken(Event):
    """What a supplier says it holds is not what the books expect, by another difference than the day before."""

    name: ClassVar[str] = "supply.balance_broken"
    version: ClassVar[int] = 1

    supplier_id: UUID
    day: str
    difference: str
    currency: str


@dataclass(frozen=True)
class SupplierAnswered(Event):
    """What was asked about a code, or its being taken back, has an end. `subject`: whoever wanted to know.

    `said`: unused, locked, used, voided, expired, invalid, silent (no answer in time, or no such service), refused.
    Of kind `complain` only where it never went out, or silent; otherwise `ComplaintEnded` tells.
    """

    name: ClassVar[str] = "supply.answered"
    version: ClassVar[int] = 1

    inquiry_id: UUID
    subject: UUID
    code_id: UUID | None
    kind: str
    said: str
    #: Where the supplier tells when it was used.
    used_at: datetime | None


@dataclass(frozen=True)
class ComplaintEnded(Event):
    """A complaint about a purchase ended, once: `upheld` with what came back (minor units of the shop's currency)."""

    name: ClassVar[str] = "supply.complaint_ended"
    version: ClassVar[int] = 1

    inquiry_id: UUID
    subject: UUID
    attempt_id: UUID
    supplier_id: UUID
    outcome: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class SupplierWarned(Event):
    """A supplier said that a purchase was not honest. `kind`: stolen, charged_back (their goods), fraud (the order)."""

    name: ClassVar[str] = "supply.warned"
    version: ClassVar[int] = 1

    attempt_id: UUID
    supplier_id: UUID
    order_id: UUID | None
    line_id: UUID | None
    kind: str


@dataclass(frozen=True)
class SupplierJudged(Event):
    """Something follows from how many of a supplier's codes were bad, or no more (`level` empty). Hundredths of a %."""

    name: ClassVar[str] = "supply.judged"
    version: ClassVar[int] = 1

    supplier_id: UUID
    level: str
    was: str
    rate_points: int
    units: int
    bad: int
