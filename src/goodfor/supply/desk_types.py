"""What the staff's desk reads of supply. Costs are exact decimals in the supplier's currency, `*_minor` the shop's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from goodfor.supply.operations.connect_supplier import Contract
from goodfor.supply.providers.base import SettingField
from goodfor.supply.types import AttemptView, ConsequenceView, SupplierView

__all__ = [
    "BreakerView", "CallLine", "Contract", "ItemView", "OfferView", "PreviewLine", "Protocol", "PurchaseSearch",
    "PurchaseView", "RouteView", "SettingField", "SupplierRow", "SupplierSheet",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a connector can, and what it asks for. `can` as in `Connector`; `tells`: it calls us when something happens.

    `found`: a purchase whose answer was lost can be asked about, or repeated without harm.
    """

    key: str
    label: Any
    kinds: frozenset[str]
    inline: bool
    tells: bool
    found: bool
    guarded: bool
    currency: str
    can: frozenset[str]
    fields: tuple[SettingField, ...]


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier as a list shows it. Its score: None before the first purchase. `breaker`: open, half or ''."""

    supplier: SupplierView
    tries: int
    success: float | None
    p95_seconds: float | None
    breaker: str
    breaker_reason: str
    #: Items whose own breaker is not closed.
    items_out: int
    swept_at: datetime | None


@dataclass(frozen=True, slots=True)
class BreakerView:
    """A breaker that is not closed. `item_key` empty: the whole supplier. `half`: the next purchase tries."""

    item_key: str
    item: str
    reason: str
    failures: int
    opened_at: datetime
    until: datetime
    half: bool


@dataclass(frozen=True, slots=True)
class SupplierSheet:
    """A supplier with its contract. `secrets`: key -> four digits by which to tell it apart; never the secret.

    `readable` False: no key of ours opens them any more.
    """

    row: SupplierRow
    contract: Contract
    secrets: Mapping[str, str]
    readable: bool
    notify_url: str = field(repr=False)
    breakers: tuple[BreakerView, ...]
    sweep_at: datetime | None
    created_at: datetime
    #: Of `contract.surprise_minor`, what is lost today or may be by what is under way.
    surprise_used_minor: int = 0
    #: What follows from its bad codes.
    judged: ConsequenceView | None = None


@dataclass(frozen=True, slots=True)
class ItemView:
    """Something a supplier sells, as last seen. `stock` None: no number is known. `offers`: SKUs it is used for."""

    id: UUID
    supplier_id: UUID
    supplier: str
    item_id: str
    variant: str
    name: str
    brand: str
    category: str
    kind: str
    cost: Decimal
    currency: str
    face_value: Decimal | None
    face_currency: str
    state: str
    stock_word: str
    stock: int | None
    least: int
    most: int | None
    multiple: int
    seen_at: datetime
    changed_at: datetime
    offers: int = 0


@dataclass(frozen=True, slots=True)
class OfferView:
    """An item that may be bought for a SKU. Minutes of the day; equal ones: always. `channels` empty: everywhere."""

    id: UUID
    sku_id: UUID
    item: ItemView
    supplier_enabled: bool
    enabled: bool
    priority: int
    weight: int
    daily_quota: int | None
    used_today: int
    from_minute: int
    to_minute: int
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RouteView:
    """How a SKU is bought; `lost_today_minor`: what of the budget is used."""

    floor_minor: int
    loss_budget_minor: int
    deadline_seconds: int
    may_split: bool
    lost_today_minor: int = 0


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A candidate of a purchase that nobody makes: `rank` from 1, or 0 with the word for what keeps it out.

    `landed`: a unit's cost in the shop's currency. `expected`, `max_cost`: for all of `quantity`.
    """

    rank: int
    why_not: str
    offer_id: UUID
    supplier: str
    item: str
    priority: int
    supplier_priority: int
    weight: int
    cost: Decimal
    currency: str
    landed: Decimal
    success: float
    p95_seconds: float
    quantity: int = 0
    expected: Decimal = Decimal(0)
    max_cost: Decimal = Decimal(0)
    loss_minor: int = 0


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call to a supplier without what was said."""

    id: UUID
    supplier_id: UUID
    attempt_id: UUID | None
    number: str
    what: str
    method: str
    status: int
    problem: str
    milliseconds: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PurchaseSearch:
    """Which purchases. `states`: one of these. `stale`: not known to have ended, and sent before that instant."""

    states: tuple[str, ...] | None = None
    state: str | None = None
    supplier_id: UUID | None = None
    order_id: UUID | None = None
    number: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    stale: datetime | None = None


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """A purchase with what it was for. `price_minor`: what a unit was sold for, in `currency` of the shop."""

    attempt: AttemptView
    supplier: str
    supplier_contact: str
    protocol: str
    sku_id: UUID
    kind: str
    variant: str
    item_ref: UUID
    wanted: int
    price_minor: int
    currency: str
    channel: str
    want_state: str
    want_reason: str
    deadline_at: datetime
    answered_at: datetime | None
    not_found_at: datetime | None

    @property
    def id(self) -> UUID:
        """Of the purchase."""
        return self.attempt.id
