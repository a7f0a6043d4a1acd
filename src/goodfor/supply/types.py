"""What goes in and out of supply. Costs are exact decimals in the supplier's currency, prices minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


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
