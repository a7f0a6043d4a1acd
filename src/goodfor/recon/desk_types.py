"""What the desk of reconciliation asks for and is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

#: `CaseSearch.state` for all that are not over; other values are states.
LIVE = "live"
#: `CaseSearch.owner` for those that nobody has taken.
NOBODY = "-"


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """Which cases. Empty: any. `key`: a number of theirs or ours, whole. `overdue`: only those past their time."""

    state: str = LIVE
    category: str = ""
    area: str = ""
    account: str = ""
    owner: str = ""
    key: str = ""
    machine: str = ""
    least_minor: int | None = None
    most_minor: int | None = None
    since: date | None = None
    until: date | None = None
    overdue: datetime | None = None


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """Live cases of one category and currency. `oldest_at`: when the first of them was opened."""

    category: str
    currency: str
    count: int
    risk_minor: int
    oldest_at: datetime
    overdue: int
    unowned: int
    with_machine: int


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A move of a case."""

    from_state: str
    to_state: str
    actor: str
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AskView:
    """Somebody wants a day closed."""

    day: date
    asked_by: str
    asked_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day in the list of days. `due`: accounts that are to be compared; `missing`: of them, not compared yet."""

    day: date
    compared: int
    due: int
    missing: int
    matched: int
    breaks: Mapping[str, int]
    open_cases: int
    closed_at: datetime | None
    closed_by: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is asked before a month is closed: `key` says what, `where` lists what stands against it.

    `blocks`: closing so is refused until then; else it is told, and may be closed all the same.
    """

    key: str
    ok: bool
    blocks: bool
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthCheck:
    """A month of the books and what is asked before it is closed, softly and for good."""

    month: date
    state: str
    soft: tuple[Condition, ...]
    hard: tuple[Condition, ...]

    def may_close(self, *, hard: bool) -> bool:
        """True when nothing stands against it."""
        wanted = self.state == "open" if not hard else self.state in ("open", "soft", "closing")
        return wanted and all(one.ok for one in (self.hard if hard else self.soft) if one.blocks)
