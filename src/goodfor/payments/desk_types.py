"""Disputes, what is said in them, and bills. Part of `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from goodfor.kernel.money import Money

if TYPE_CHECKING:
    from goodfor.payments.types import AccountView


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


@dataclass(frozen=True, slots=True)
class ReceiverView:
    """Who gets a standing share, in ten thousandths. The legal name stays sealed."""

    id: UUID
    kind: str
    ref: str
    label: str
    relation: str
    basis_points: int
    state: str
    failure: str


@dataclass(frozen=True, slots=True)
class SplittingAccount:
    """An account whose payments are frozen for splits. `percent`: how much of a payment the channel lets be shared."""

    account: "AccountView"
    percent: int
    hold_hours: int
    receivers: tuple[ReceiverView, ...]

    @property
    def allotted(self) -> int:
        """All standing shares together, in ten thousandths."""
        return sum(one.basis_points for one in self.receivers if one.state != "leaving")


@dataclass(frozen=True, slots=True)
class ShareView:
    """A receiver's share of one payment. `owed`: it was to give back and did not."""

    id: UUID
    label: str
    amount: Money
    returned: Money
    state: str
    code: str
    owed: bool


@dataclass(frozen=True, slots=True)
class PotView:
    """What is frozen of a payment, or was. `split_state` empty: not shared out yet."""

    payment_id: UUID
    payment_number: str
    account_code: str
    frozen: Money
    shared: Money
    state: str
    due_at: datetime | None
    release_by: datetime
    released_at: datetime | None
    split_state: str
    failure: str
    shares: tuple[ShareView, ...]
