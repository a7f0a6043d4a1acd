"""Disputes, what is said in them, and bills. Part of `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from goodfor.kernel.money import Money


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute. `payment_id` None: it is about no payment of ours that we know."""

    id: UUID
    shop_id: UUID
    payment_id: UUID | None
    provider: str
    account_code: str
    channel_ref: str
    amount: Money
    state: str
    evidence_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class BillView:
    """A day's bill. `came` and `went` are the sums of its rows, both positive; `fee` exact, negative: kept by them."""

    id: UUID
    shop_id: UUID
    provider: str
    account_code: str
    day: date
    kind: str
    state: str
    rows: int
    came: Money
    went: Money
    fee: Decimal
    problem: str
    problem_line: int
    sha256: str
    size_bytes: int
    imported_at: datetime | None
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for us. No codes in it: that they were shown, when and to whom, never what they are."""

    order_number: str
    product: str
    buyer_contact: str = field(repr=False)
    client_ip: str = ""
    delivered_at: datetime | None = None
    #: When and from where each code was revealed, in words of one line each.
    reveals: tuple[str, ...] = ()
    text: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
