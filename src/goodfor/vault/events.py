"""Facts of the vault."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True)
class BatchActivated(Event):
    """A batch went on sale: `count` codes that cost `cost_minor` (minor units of `currency`) together."""

    name: ClassVar[str] = "vault.batch_activated"
    batch_id: UUID
    sku_id: UUID
    count: int
    cost_minor: int
    currency: str


@dataclass(frozen=True)
class CodesVoided(Event):
    """Codes that were never sold will never be: `cost_minor` is what they had cost together."""

    name: ClassVar[str] = "vault.codes_voided"
    sku_id: UUID
    count: int
    cost_minor: int
    currency: str
    reason: str


@dataclass(frozen=True)
class StockQuarantined(Event):
    """Codes or whole lots were taken off sale as suspect; `count` codes, or 0 for lots."""

    name: ClassVar[str] = "vault.stock_quarantined"
    sku_id: UUID
    count: int
    lot_ids: list[UUID]
    reason: str


@dataclass(frozen=True)
class LowStock(Event):
    """The stock of a SKU on sale fell below its threshold: `left` codes are unsold. `crossing` counts from 1."""

    name: ClassVar[str] = "vault.low_stock"
    sku_id: UUID
    left: int
    threshold: int
    crossing: int
