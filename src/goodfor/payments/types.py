"""Values that go into and come out of payments. Money is `Money`, times are aware UTC, ids are UUIDs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.ledger.types import Entry, Line
from goodfor.payments.desk_types import BillView as BillView
from goodfor.payments.desk_types import DisputeView as DisputeView
from goodfor.payments.desk_types import Evidence as Evidence
from goodfor.payments.desk_types import PaymentSearch as PaymentSearch
from goodfor.payments.desk_types import PotView as PotView
from goodfor.payments.desk_types import ReceiverView as ReceiverView
from goodfor.payments.desk_types import ReturnView as ReturnView
from goodfor.payments.desk_types import ShareView as ShareView
from goodfor.payments.desk_types import SplittingAccount as SplittingAccount
from goodfor.payments.desk_types import SplitView as SplitView
from goodfor.payments.mandate_types import MANDATE as MANDATE
from goodfor.payments.mandate_types import ChargeView as ChargeView
from goodfor.payments.mandate_types import Cycle as Cycle
from goodfor.payments.mandate_types import MandateView as MandateView
from goodfor.payments.mandate_types import SigningRequest as SigningRequest
from goodfor.payments.routing import Candidate as Candidate
from goodfor.payments.routing import Paying as Paying
from goodfor.payments.states import SUCCEEDED
from goodfor.payments.transfer_types import Transfer as Transfer

FactKind = Literal["paid", "closed", "refunded", "refund_failed", "disputed", "dispute_won", "dispute_lost"]
FactSource = Literal["notify", "query", "local"]
OutcomeName = Literal[
    "confirmed",
    "already_applied",
    "late",
    "duplicate_payment",
    "underpaid",
    "overpaid",
    "mismatch",
    "unknown_payment",
]
InstructionKind = Literal["redirect", "qr", "form", "done", "client"]

#: Outcomes by which the source is paid, or may be if its owner still wants it (late).
SETTLING: Final[frozenset[OutcomeName]] = frozenset({"confirmed", "late"})
#: Outcomes where money came that must be given back or looked at.
STRAY: Final[frozenset[OutcomeName]] = frozenset(
    {"late", "duplicate_payment", "underpaid", "overpaid", "mismatch", "unknown_payment"}
)

ORDER_LIABILITY: Final = "2203:order"
OVERPAID: Final = "2205:overpay"
REFUND_PAYABLE: Final = "2205:refund"


#: What a lost dispute cost us.
DISPUTE_LOSS: Final = "6711:compensation"


def dispute_account(provider: str) -> str:
    """The ledger account of money that a dispute holds back."""
    return f"1221:channel:{provider}:dispute"


def channel_account(provider: str, account_code: str) -> str:
    """The ledger account of money that lies with a channel and is not settled yet."""
    return f"1012:channel:{provider}:{account_code}:pending"


def suspense_account(provider: str) -> str:
    """The ledger account of money that nobody can place; every posting in it is an open case."""
    return f"9999:suspense:{provider}"


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A callback as it came over the wire: header names in lower case, query and body as bytes."""

    method: str
    path: str
    query: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class AccountView:
    """A channel account without its secrets. `exposure_limit_minor` None: no limit."""

    id: UUID
    shop_id: UUID
    provider: str
    code: str
    name: str
    currency: str
    config: Mapping[str, Any]
    methods: tuple[str, ...]
    enabled: bool
    valid_from: datetime
    valid_to: datetime | None
    exposure_limit_minor: int | None
    #: Lent by the platform: its settings and keys are not this shop's to change.
    lent: bool = False


@dataclass(frozen=True, slots=True)
class Lender:
    """Whose account a shop may use: the shop that runs the platform, and the account's code there."""

    shop_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class CheckoutMethod:
    """One way to pay as the checkout shows it: an account and a method of it."""

    account_id: UUID
    provider: str
    account_code: str
    account_name: str
    method: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the buyer does next: follow `url` (redirect), show it as a code (qr), post `fields` to it (form).

    `client`: `fields` go to the script or app of the channel on the buyer's side (JSAPI, App); `url`, where there is
    one, is the way for whoever has neither.
    """

    kind: InstructionKind
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As stored with the payment."""
        return {"kind": self.kind, "url": self.url, "fields": dict(self.fields)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Instruction":
        """Back from what `to_json` wrote."""
        return cls(kind=stored["kind"], url=stored["url"], fields=dict(stored["fields"]))


@dataclass(frozen=True, slots=True)
class Fact:
    """What a channel says has happened. `our_ref` is our number (payment or refund), `channel_ref` theirs.

    Of a refund: only a hint, the refund is asked about. Of a dispute: `channel_ref` is the dispute's number, and where
    it does not name our payment, `parent_ref` is the channel's number of the payment and `our_ref` is empty.
    """

    kind: FactKind
    provider: str
    account_id: UUID
    our_ref: str
    channel_ref: str
    amount: Money
    happened_at: datetime
    source: FactSource
    inbox_id: UUID | None = None
    parent_ref: str = ""


#: Accounts of what was owed to a buyer in goods: cards, subscriptions, points. What they pay was never money.
CREDIT: Final = "2203:"


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One attempt to be paid. `captured_minor` is what really came, `refunded_minor` what is going or gone back."""

    id: UUID
    shop_id: UUID
    account_id: UUID
    account_code: str
    provider: str
    number: str
    source_type: str
    source_id: UUID
    amount: Money
    state: str
    method: str
    channel_ref: str
    wallet_account: str
    settles: bool
    captured_minor: int
    refunded_minor: int
    created_at: datetime
    expires_at: datetime | None
    succeeded_at: datetime | None

    @property
    def by_credit(self) -> bool:
        """Whether a card, a subscription or points paid it."""
        return self.wallet_account.startswith(CREDIT)

    @property
    def ledger_account(self) -> str:
        """Where its money lies in the ledger: the buyer's wallet, or with the channel."""
        return self.wallet_account or channel_account(self.provider, self.account_code)

    @property
    def refundable(self) -> Money:
        """What may still be asked back."""
        return Money(self.captured_minor - self.refunded_minor, self.amount.currency)


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment that the buyer can now make."""

    payment: PaymentView
    instruction: Instruction


@dataclass(frozen=True, slots=True)
class CallbackReceipt:
    """What became of a callback. Answer `ack` once the facts are dealt with, `nack` otherwise (the channel repeats).

    `inbox_id` None: not kept (too large, or too many forged ones this minute).
    """

    account_id: UUID
    inbox_id: UUID | None
    verified: bool
    problem: str
    facts: tuple[Fact, ...]
    ack: bytes
    nack: bytes
    our_ref: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The channel's own answer about a notified fact; `fact` is the channel's version, to be applied."""

    state: Literal["confirmed", "already_applied", "refuted", "unknown"]
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact in the table. `outcome` empty: not applied yet."""

    id: UUID
    payment_id: UUID | None
    fact: Fact
    outcome: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What a fact turned out to mean for payments; the caller decides what it means for the order.

    `ledger_account` and `reference` make the posting unique and provable (`entry`). `case_id`: where a case opened.
    """

    outcome: OutcomeName
    fact_id: UUID
    fact: Fact
    payment: PaymentView | None
    account_code: str
    reference: str
    #: When the money counts as come: as the channel says, but never before our attempt nor after its recording.
    effective_at: datetime
    case_id: UUID | None = None

    @property
    def ledger_account(self) -> str:
        """The account that received the money."""
        return channel_account(self.fact.provider, self.account_code)

    @property
    def credit_account(self) -> str:
        """Where the money belongs when nobody knows better."""
        if self.outcome == "confirmed":
            return ORDER_LIABILITY
        if self.outcome in ("late", "duplicate_payment"):
            return OVERPAID
        return suspense_account(self.fact.provider)

    def entry(self, *, credit_account: str | None = None, order_id: UUID | None = None) -> Entry:
        """The posting of this money: debit the channel, credit `credit_account` (default: by the outcome).

        Raises ValueError for `already_applied`, which moves nothing.
        """
        if self.outcome == "already_applied":
            raise ValueError("already applied: nothing to post")
        amount = self.fact.amount.amount_minor
        return Entry(
            reference=self.reference,
            kind="payment",
            lines=(
                Line(self.ledger_account, amount, order_id=order_id),
                Line(credit_account or self.credit_account, -amount, order_id=order_id),
            ),
            effective_at=self.effective_at,
            cause=("payments.fact", self.fact_id),
        )


@dataclass(frozen=True, slots=True)
class BalancePayment:
    """A payment made from a wallet in the caller's transaction."""

    payment_id: UUID
    number: str
    amount: Money
    wallet_account: str

    @property
    def reference(self) -> str:
        """The ledger reference under which the caller posts it."""
        return f"pay:{self.payment_id}"

    def entry(self, *, now: datetime, credit_account: str = ORDER_LIABILITY, order_id: UUID | None = None) -> Entry:
        """The posting: debit the wallet (guarded: the ledger refuses what it does not hold), credit the order."""
        return Entry(
            reference=self.reference,
            kind="payment",
            lines=(
                Line(self.wallet_account, self.amount.amount_minor, order_id=order_id),
                Line(credit_account, -self.amount.amount_minor, order_id=order_id),
            ),
            effective_at=now,
            cause=("payments.payment", self.payment_id),
        )


@dataclass(frozen=True, slots=True)
class RefundView:
    """One giving back. `accepted_at` is when the channel took it, `finished_at` when it was over."""

    id: UUID
    shop_id: UUID
    payment_id: UUID
    number: str
    business_key: str
    amount: Money
    state: str
    reason: str
    attempts: int
    failure: str
    ledger_account: str
    created_at: datetime
    accepted_at: datetime | None
    finished_at: datetime | None
    #: The ledger account that paid instead of the channel; empty: back by the way it came.
    paid_from: str = ""

    @property
    def to_balance(self) -> bool:
        """True when it went to a balance in the shop instead of the way it came."""
        return self.paid_from.startswith("2207:wallet:")

    @property
    def of_order(self) -> bool:
        """True for what an order itself gives back of its price; not for money that came too often or in vain."""
        return self.business_key.startswith("order:")

    @property
    def done(self) -> bool:
        """True when the money is certainly back."""
        return self.state == SUCCEEDED

    def entry(
        self, *, effective_at: datetime, debit_account: str = REFUND_PAYABLE, order_id: UUID | None = None
    ) -> Entry:
        """The posting of a refund that succeeded: debit what we owed, credit the channel or the wallet."""
        return Entry(
            reference=f"refundok:{self.id}",
            kind="refund_paid",
            lines=(
                Line(debit_account, self.amount.amount_minor, order_id=order_id),
                Line(self.ledger_account, -self.amount.amount_minor, order_id=order_id),
            ),
            effective_at=effective_at,
            cause=("payments.refund", self.id),
        )


@dataclass(frozen=True, slots=True)
class CaseView:
    """Something for a person to decide."""

    id: UUID
    shop_id: UUID
    kind: str
    business_key: str
    payment_id: UUID | None
    refund_id: UUID | None
    detail: Mapping[str, Any]
    state: str
    opened_at: datetime
    closed_at: datetime | None
    resolution: str
