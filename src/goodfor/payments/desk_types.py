"""Disputes, what is said in them, bills, splits, and what the staff look for. Part of `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class ReceiverView:
    """Who gets a standing share, in basis points of what is kept of a payment. Its legal name never leaves the room."""

    id: UUID
    shop_id: UUID
    provider: str
    account_code: str
    kind: str
    ref: str
    label: str
    relation: str
    basis_points: int
    state: str
    failure: str
    attempts: int


@dataclass(frozen=True, slots=True)
class SplittingAccount:
    """A current account of a channel that splits. `freezes` False: its new payments are not kept back.

    `percent`: how much of a payment may be shared out; None: no bound known. `readable` False: its settings or its
    secrets cannot be read, so its limits are not known. `hold`: from the payment until it is shared out.
    """

    id: UUID
    provider: str
    code: str
    name: str
    freezes: bool
    readable: bool
    percent: int | None
    hold: timedelta | None
    receivers: tuple[ReceiverView, ...]

    @property
    def standing(self) -> int:
        """The sum of all standing shares in basis points."""
        return sum(one.basis_points for one in self.receivers)


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A share, or a part of one, asked back."""

    id: UUID
    number: str
    amount: Money
    state: str
    failure: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShareView:
    """What one receiver gets by a split. `returned`: asked back and not refused; `missing`: asked back and refused."""

    id: UUID
    receiver_id: UUID
    label: str
    amount: Money
    returned: Money
    missing: Money
    state: str
    code: str
    returns: tuple[ReturnView, ...] = ()


@dataclass(frozen=True, slots=True)
class SplitView:
    """One sharing out. `base`: what was kept of the payment then."""

    id: UUID
    number: str
    base: Money
    state: str
    failure: str
    attempts: int
    created_at: datetime
    finished_at: datetime | None
    shares: tuple[ShareView, ...]


@dataclass(frozen=True, slots=True)
class PotView:
    """What a channel keeps frozen of a payment, or kept. `split`: the one that is under way or done, or None.

    `refused`: those that the channel refused before and that had shares, newest first; only for one payment.
    """

    payment_id: UUID
    number: str
    provider: str
    account_code: str
    frozen: Money
    shared: Money
    state: str
    tries: int
    due_at: datetime | None
    release_by: datetime
    created_at: datetime
    released_at: datetime | None
    split: SplitView | None
    refused: tuple[SplitView, ...] = ()

    @property
    def stage(self) -> str:
        """Where it is on its way, for people: waiting, again, stuck, under_way, unknown; shared, free."""
        if self.state == "released":
            return "shared" if self.shared.amount_minor else "free"
        if self.split is not None:
            return "unknown" if self.split.state == "unknown" else "under_way"
        if self.due_at is None:
            return "stuck"
        return "again" if self.tries else "waiting"


@dataclass(frozen=True, slots=True)
class PaymentSearch:
    """What the staff look for; what is not given does not narrow. Times are aware, `until` is exclusive."""

    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    account_code: str | None = None
    method: str | None = None
    number: str | None = None
    channel_ref: str | None = None
    source_id: UUID | None = None

    @property
    def exact(self) -> bool:
        """True when something is asked for that leaves few payments."""
        return bool(self.number or self.channel_ref or self.source_id)
