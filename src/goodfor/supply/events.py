"""What happened in supply, for the rooms above. No codes, no secrets."""

from dataclasses import dataclass
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
