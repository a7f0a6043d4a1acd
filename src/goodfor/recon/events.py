"""Facts about comparing. No names, no contacts."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RunMade(Event):
    """An account's day was compared; `day` as ISO. `breaks`: category -> how many."""

    name: ClassVar[str] = "recon.run_made"
    run_id: UUID
    area: str
    account: str
    day: str
    run_version: int
    matched: int
    breaks: dict[str, int]


@dataclass(frozen=True, slots=True)
class BreakCaseOpened(Event):
    """A difference has become a case, or has come again."""

    name: ClassVar[str] = "recon.case_opened"
    case_id: UUID
    category: str
    area: str
    account: str
    risk_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class BreakCaseClosed(Event):
    """It has ended; `automatic`: nobody had to touch it."""

    name: ClassVar[str] = "recon.case_closed"
    case_id: UUID
    category: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class DayWasClosed(Event):
    """All accounts of a day (ISO) agree, or every difference has its case."""

    name: ClassVar[str] = "recon.day_closed"
    day: str
