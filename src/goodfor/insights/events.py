"""Facts about insights."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ReportIssued(Event):
    """A saved report was made as its rhythm wants; the staff in `staff_ids` are to have it."""

    name: ClassVar[str] = "insights.report_issued"
    report_id: UUID
    number: int
    title: str
    first: str
    last: str
    staff_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class BriefWritten(Event):
    """The brief of a day is there: as many things to look at as `findings`."""

    name: ClassVar[str] = "insights.brief_written"
    day: str
    findings: int
