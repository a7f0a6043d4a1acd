"""What goes in and out of settlement. Amounts are minor units; what is owed to the party is positive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

SUPPLIER: Final = "supplier"
SHOP: Final = "shop"
BRAND: Final = "brand"
DISTRIBUTOR: Final = "distributor"
PLATFORM: Final = "platform"

PREPAID: Final = "prepaid"
T1: Final = "t1"
WEEKLY: Final = "weekly"
MONTHLY: Final = "monthly"
MANUAL: Final = "manual"
CYCLES: Final = (PREPAID, T1, WEEKLY, MONTHLY, MANUAL)

#: The way of a payout that goes out in a file for the bank; every other way is the name of a provider.
BY_FILE: Final = "file"
#: Where a party's link leads, at the host of its shop.
LINK_PATH: Final = "/partner/{token}"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who is paid, as finance knows him today.

    `code` names his accounts in the ledger. `cycle_day`: weekly 1 (Monday) to 7, monthly 1 to 28, the day that begins
    the next cycle. `lag_days`: from the cut-off to the day of payment. `hold_back_bp`: hundredths of a percent that
    are kept as a deposit. `bank_changed_at`, `frozen_until`: of his bank account; nothing is paid before the latter.
    """

    id: UUID
    kind: str
    code: str
    name: str
    email: str
    currency: str
    cycle: str
    cycle_day: int = 1
    lag_days: int = 0
    min_payout_minor: int = 0
    hold_back_bp: int = 0
    bank_changed_at: datetime | None = None
    frozen_until: datetime | None = None
    collection: str = "self"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where a party is paid; opened only to pay, never shown, logged or stored here."""

    bank: str
    name: str = field(repr=False)
    account: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BookRow:
    """A posting as the ledger tells it, posted layer only: amount debit positive."""

    tx_id: int
    seq: int
    account: str
    currency: str
    amount_minor: int
    kind: str
    reference: str
    order_id: UUID | None
    order_line_id: UUID | None
    sku_id: UUID | None
    effective_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BookPage:
    """Postings in the order of the ledger, and the place to go on after (the same place where there is nothing new)."""

    rows: tuple[BookRow, ...]
    place: str


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What one kind of item adds up to on a statement."""

    what: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement. payable = items + carried forward - held back; `accounts`: items by account of the ledger.

    A confirmation (prepaid suppliers) lists how their balance moved and pays nothing.
    """

    id: UUID
    shop_id: UUID
    number: str
    party_id: UUID
    party_kind: str
    party_code: str
    party_name: str
    currency: str
    cycle: str
    confirmation: bool
    version: int
    replaces_id: UUID | None
    cutoff: datetime
    first_at: datetime
    due_on: date
    item_count: int
    items_minor: int
    carry_minor: int
    held_minor: int
    payable_minor: int
    min_payout_minor: int
    accounts: Mapping[str, int]
    kinds: tuple[KindTotal, ...]
    content_hash: bytes
    state: str
    approvals_needed: int
    approvals: tuple[str, ...]
    made_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str
    approved_at: datetime | None
    ended_at: datetime | None
    reason: str

    @property
    def is_due(self) -> bool:
        """True where it is to be paid: else its rest, which may be negative, goes on the next one."""
        return not self.confirmation and self.payable_minor >= max(self.min_payout_minor, 1)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One posting on a statement; the cursor is (tx_id, seq)."""

    tx_id: int
    seq: int
    what: str
    kind: str
    reference: str
    amount_minor: int
    order_id: UUID | None
    sku_id: UUID | None
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """What a party is owed that no statement lists yet, as far as the books have been read."""

    count: int
    amount_minor: int
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class PayoutView:
    """One try to pay a statement, under one number for ever."""

    id: UUID
    number: str
    statement_id: UUID
    party_id: UUID
    amount_minor: int
    currency: str
    way: str
    file_id: UUID | None
    bank_tail: str
    state: str
    attempts: int
    provider_ref: str
    failure: str
    started_at: datetime
    started_by: str
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class PayoutFileView:
    """A file for the bank: how many payouts it holds and what they add up to."""

    id: UUID
    number: str
    bank_format: str
    count: int
    total_minor: int
    currency: str
    sha256: bytes
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """A party's way to its statements without an account of its own."""

    id: UUID
    shop_id: UUID
    party_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyView:
    """How a shop settles: from which amount two persons approve, and what account pays.

    `bank` is the segment of the ledger's account `1002:bank:{bank}`.
    """

    two_from_minor: int
    bank: str
    payer_bank: str
    payer_name: str
    payer_account: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatementSearch:
    """What to look for among statements; a number alone finds its statement. Times are of cut-offs."""

    states: tuple[str, ...] = ()
    party_id: UUID | None = None
    number: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MoveView:
    """A move of a statement, or of a payout of it (`payout` is its number then); `before` is empty at the beginning."""

    payout: str
    before: str
    after: str
    actor: str
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CycleView:
    """How a party stands: what no statement lists yet, what is held back, statements that have not ended.

    `stated_upto`: the last cut-off; `next_cutoff`: None where statements are made by hand.
    """

    party: Party
    owed: Owed
    held_minor: int
    stated_upto: datetime | None
    next_cutoff: datetime | None
    open_count: int
    open_minor: int
