"""What goes in and out of the ledger. Amounts are minor units (fen); in lines debit is positive, credit negative."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

Cause = tuple[str, UUID | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One posting: account code, signed amount (never 0), and what it belongs to.

    `party_id`: whose payable moves. `channel`: a name as in codes of accounts, at most 48 characters, or nothing.
    """

    account: str
    amount_minor: int
    order_id: UUID | None = None
    order_line_id: UUID | None = None
    sku_id: UUID | None = None
    supplier_id: UUID | None = None
    party_id: UUID | None = None
    brand_id: UUID | None = None
    campaign_id: UUID | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction to post. `reference` is unique in the shop: the same reference and payload is a replay.

    The payload is kind, cause, metadata and lines; times are not part of it, so a retry may come later. `rule_version`
    says which version of its rule made it. An `adjustment` may go into a soft-closed month; it says why in
    `metadata["reason"]`.
    """

    reference: str
    kind: str
    lines: tuple[Line, ...]
    effective_at: datetime
    cause: Cause = ("", None)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    rule_version: int = 1
    adjustment: bool = False


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account and its posted balance on its natural side (a wallet with money in it is positive)."""

    code: str
    type: str
    normal_side: int
    currency: str
    posted_minor: int


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """A row of the trial balance: exactly one of the two columns is not 0, unless the account is empty."""

    code: str
    type: str
    currency: str
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of an account's statement, newest first; `cursor` continues after it."""

    tx_id: int
    seq: int
    reference: str
    kind: str
    amount_minor: int
    layer: int
    effective_at: datetime
    recorded_at: datetime
    order_id: UUID | None
    cursor: str


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """A transaction as seen from one account: what it moved there in all, debit positive, credit negative."""

    tx_id: int
    kind: str
    reference: str
    amount_minor: int
    order_id: UUID | None
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class OrderPosting:
    """A posting that belongs to an order, oldest first."""

    tx_id: int
    reference: str
    kind: str
    account: str
    amount_minor: int
    currency: str
    layer: int
    order_line_id: UUID | None
    sku_id: UUID | None
    effective_at: datetime
    campaign_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TxLines:
    """A transaction with its lines in one layer, as needed to settle, void or reverse it."""

    tx_id: int
    currency: str
    kind: str
    cause: Cause
    is_hold: bool
    lines: tuple[Line, ...]
    rule_version: int = 1


@dataclass(frozen=True, slots=True)
class TxPosting:
    """One line of a transaction, debit positive."""

    seq: int
    account: str
    amount_minor: int
    layer: int
    order_id: UUID | None
    sku_id: UUID | None
    supplier_id: UUID | None = None
    party_id: UUID | None = None
    brand_id: UUID | None = None
    campaign_id: UUID | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class NamedTx:
    """The head of a transaction, without its lines."""

    id: int
    reference: str
    kind: str
    currency: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class TxView:
    """A whole transaction: why, when, by whom, and every line."""

    id: int
    reference: str
    kind: str
    currency: str
    cause: Cause
    actor: str
    effective_at: datetime
    recorded_at: datetime
    reverses: int | None
    lines: tuple[TxPosting, ...]
    rule_version: int = 1
    adjustment: bool = False


@dataclass(frozen=True, slots=True)
class DailyRow:
    """An account on a day of the books on which it moved; `closing_minor` on its natural side."""

    code: str
    currency: str
    day: date
    debit_minor: int
    credit_minor: int
    closing_minor: int


@dataclass(frozen=True, slots=True)
class IncomeRow:
    """What an account of income or expense brought (positive) or cost (negative), under one value of a dimension.

    `dimension` is the value as text, empty where the lines name none or nothing was asked for.
    """

    dimension: str
    code: str
    type: str
    currency: str
    result_minor: int


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of the books: "open", "soft", "closing" or "closed"; `changed_at` None: it always was open."""

    month: date
    state: str
    changed_at: datetime | None


#: A place in the stream of postings: transaction id of the database, transaction, line.
Position = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PostingRow:
    """A posted line with all that it belongs to; amounts debit positive."""

    tx_id: int
    seq: int
    code: str
    currency: str
    amount_minor: int
    order_id: UUID | None
    order_line_id: UUID | None
    sku_id: UUID | None
    supplier_id: UUID | None
    party_id: UUID | None
    brand_id: UUID | None
    campaign_id: UUID | None
    channel: str
    effective_at: datetime
    recorded_at: datetime
    xid: int
    reference: str
    kind: str

    @property
    def position(self) -> Position:
        """To continue after it."""
        return self.xid, self.tx_id, self.seq
