"""What goes into the comparing and what comes out of it. Amounts: minor units; what came to us is positive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from goodfor.recon.desk_types import LIVE as LIVE
from goodfor.recon.desk_types import NOBODY as NOBODY
from goodfor.recon.desk_types import AskView as AskView
from goodfor.recon.desk_types import CaseSearch as CaseSearch
from goodfor.recon.desk_types import CaseStep as CaseStep
from goodfor.recon.desk_types import CategoryRow as CategoryRow
from goodfor.recon.desk_types import Condition as Condition
from goodfor.recon.desk_types import DayLine as DayLine
from goodfor.recon.desk_types import MonthCheck as MonthCheck


@dataclass(frozen=True, slots=True)
class Scope:
    """What one run compares: an area's account (channel: `provider:code`, supplier: its code) on a day."""

    shop_id: UUID
    area: str
    account: str
    day: date
    currency: str = "CNY"

    @property
    def key(self) -> str:
        """`channel:wechat:main:2026-01-02`."""
        return f"{self.area}:{self.account}:{self.day}"


@dataclass(frozen=True, slots=True)
class RowIn:
    """One row of a side, normalised: the same meaning whoever told it.

    `source` names the row at its side for ever: a row that comes again with the same source and other words replaces
    the one before. `amount_rest`: millionths of the unit below the minor unit (suppliers charge parts of a fen).
    `fee`: units of the currency, exact; None: nobody says. `post_ref`: under which reference the books have it.
    """

    kind: str
    source: str
    day: date
    at: datetime
    amount_minor: int
    currency: str
    key: str = ""
    alt_key: str = ""
    group_key: str = ""
    amount_rest: int = 0
    fee: Decimal | None = None
    state: str = "done"
    post_ref: str = ""
    account: str = ""
    #: A balance after the row; kept for the chain alone.
    balance_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a side says that its rows add up to."""

    rows: int
    came_minor: int
    went_minor: int
    fee: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Brought:
    """The rows of a side with their file's mark, and what the file says they add up to, where it says so."""

    rows: Iterable[RowIn]
    mark: str
    stated: Totals | None = None


@dataclass(frozen=True, slots=True)
class BalanceWord:
    """What a counterparty says lies with it at the end of the day, and what is expected there."""

    expected: Decimal
    said: Decimal


@dataclass(frozen=True, slots=True)
class ImportView:
    """What was taken in of one side."""

    side: str
    mark: str
    rows: int
    came_minor: int
    went_minor: int
    fee: Decimal
    totals_ok: bool
    opening_minor: int | None
    closing_minor: int | None
    chain_breaks: int


@dataclass(frozen=True, slots=True)
class RunView:
    """One run: a version of the comparing of a scope. `breaks`: category -> how many."""

    id: UUID
    shop_id: UUID
    area: str
    account: str
    day: date
    version: int
    live: bool
    stale: bool
    ours: int
    theirs: int
    books: int
    matched: int
    matched_minor: int
    pooled: int
    breaks: Mapping[str, int]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class BreakView:
    """A difference that a run found."""

    category: str
    business_key: str
    ours_id: int | None
    theirs_id: int | None
    risk_minor: int
    detail: Mapping[str, Any]
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A difference that somebody, or the machine, has to end."""

    id: UUID
    shop_id: UUID
    area: str
    account: str
    day: date
    category: str
    business_key: str
    risk_minor: int
    currency: str
    ours: Mapping[str, Any]
    theirs: Mapping[str, Any]
    detail: Mapping[str, Any]
    state: str
    owner: str
    reason: str
    ledger_tx: int | None
    action: str
    action_state: str
    action_note: str
    tries: int
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    automatic: bool
    closed_by: str = ""
    ours_id: int | None = None
    theirs_id: int | None = None


@dataclass(frozen=True, slots=True)
class AccountDay:
    """One account on the sheet of a day."""

    area: str
    account: str
    run: RunView | None
    imports: tuple[ImportView, ...]
    pool_waiting: int
    open_cases: int
    books_minor: int
    theirs_minor: int


@dataclass(frozen=True, slots=True)
class DaySheet:
    """All that was compared of a day. `reasons`: why it cannot be closed yet, (what, where); empty: it can."""

    shop_id: UUID
    day: date
    accounts: tuple[AccountDay, ...]
    reasons: tuple[tuple[str, str], ...]
    closed_at: datetime | None
    closed_by: str

    @property
    def closable(self) -> bool:
        """True when nothing stands against closing."""
        return self.closed_at is None and not self.reasons


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """How cases fare: by category open, closed and closed by the machine; open ones by age in days."""

    open: Mapping[str, int] = field(default_factory=dict)
    closed: Mapping[str, int] = field(default_factory=dict)
    automatic: Mapping[str, int] = field(default_factory=dict)
    ages: Mapping[str, int] = field(default_factory=dict)
    risk_minor: int = 0

    @property
    def auto_rate(self) -> float:
        """The share of closed cases that needed nobody; 1.0 when none was closed."""
        all_closed = sum(self.closed.values())
        return sum(self.automatic.values()) / all_closed if all_closed else 1.0
