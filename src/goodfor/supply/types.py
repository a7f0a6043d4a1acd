"""What goes in and out of supply. Costs are exact decimals in the supplier's currency, prices minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from goodfor.supply.account_types import AccountView as AccountView
from goodfor.supply.account_types import BalanceDayView as BalanceDayView
from goodfor.supply.account_types import FindingView as FindingView
from goodfor.supply.account_types import StatementView as StatementView
from goodfor.supply.account_types import SweepDayView as SweepDayView
from goodfor.supply.statement_profile import SIGNS as SIGNS
from goodfor.supply.statement_profile import TIMES as TIMES
from goodfor.supply.statement_profile import Profile as Profile


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
    """A line to be bought. `form`: what the buyer filled in, by the item's keys."""

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
