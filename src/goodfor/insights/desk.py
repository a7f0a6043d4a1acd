"""Reads of insights for the desk: whom a table is for, a brief as it is told to somebody, what figures are called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from goodfor.identity.types import Permission
from goodfor.insights.errors import ReportNotFound
from goodfor.insights.mapping import ask_of
from goodfor.insights.models import Brief, Forecast, Issue
from goodfor.insights.rights import needed, needed_by_finding, shown
from goodfor.insights.states import DROPPED, LIVE, NEVER, PAUSED, RHYTHMS
from goodfor.insights.tables import COLUMNS, needed_by
from goodfor.insights.types import Demand, Finding, Table
from goodfor.insights.wording import BY, FIGURES, NOBODY, SEGMENTS, STEPS, VISITS
from goodfor.insights.wording_brief import sentence

__all__ = [
    "BY",
    "COLUMNS",
    "DROPPED",
    "FIGURES",
    "LIVE",
    "NEVER",
    "NOBODY",
    "PAUSED",
    "RHYTHMS",
    "SEGMENTS",
    "STEPS",
    "VISITS",
    "BriefView",
    "IssueView",
    "ask_of",
    "brief_days",
    "brief_for",
    "brief_of",
    "demands",
    "issue",
    "issue_for",
    "needed",
    "needed_by",
    "shown",
]
#: Whether somebody may do something.
May = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class BriefView:
    """What of a day's brief somebody may read; `figures` and `steps` by their names. Amounts in `currency`."""

    day: date
    findings: tuple[Finding, ...]
    figures: Mapping[str, int]
    steps: Mapping[str, int]
    currency: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class IssueView:
    """A report as it was sent, with what whoever sees it must be allowed."""

    table: Table
    number: int
    first: date
    last: date
    made_at: datetime
    needed: frozenset[str]


def brief_for(shop_id: UUID, may: May, *, day: date | None = None, until: date | None = None) -> BriefView | None:
    """The brief of a day, or the newest one (not after `until`); None: there is none. In the reader's language."""
    rows = Brief.objects.filter(shop_id=shop_id)
    if day is not None:
        rows = rows.filter(day=day)
    if until is not None:
        rows = rows.filter(day__lte=until)
    row = rows.order_by("-day").first()
    if row is None:
        return None
    told = brief_of(shop_id, row.day) or []
    mine = tuple(one for one in told if all(may(right) for right in needed_by_finding(one.kind)))
    return BriefView(
        row.day, mine, row.summary.get("figures", {}), row.summary.get("steps", {}), row.summary["currency"],
        row.made_at,
    )  # fmt: skip


def brief_days(shop_id: UUID, limit: int = 30) -> list[date]:
    """Days with a brief, the newest first."""
    return list(Brief.objects.filter(shop_id=shop_id).order_by("-day").values_list("day", flat=True)[:limit])


def issue_for(shop_id: UUID, report_id: UUID, number: int) -> IssueView:
    """A report as it was sent. Raises ReportNotFound."""
    row = Issue.objects.filter(shop_id=shop_id, report_id=report_id, number=number).first()
    if row is None:
        raise ReportNotFound
    kept: dict[str, Any] = row.table
    wanted = kept.get("needed", [str(Permission.INSIGHTS_MARGINS), str(Permission.SUPPLY_VIEW)])
    return IssueView(
        issue(shop_id, report_id, number), number, row.first, row.last, row.made_at, frozenset(wanted)
    )  # fmt: skip


def demands(shop_id: UUID, sku_id: UUID) -> list[Demand]:
    """The newest forecast of a SKU, the shortest horizon first; nothing where there is none."""
    rows = Forecast.objects.filter(shop_id=shop_id, sku_id=sku_id).order_by("horizon")
    return [Demand(row.sku_id, row.horizon, row.low, row.mid, row.high, row.made_on, row.method) for row in rows]


def issue(shop_id: UUID, report_id: UUID, number: int) -> Table:
    """A report as it was sent. Raises ReportNotFound."""
    row = Issue.objects.filter(shop_id=shop_id, report_id=report_id, number=number).first()
    if row is None:
        raise ReportNotFound
    kept = row.table
    rows: Sequence[Sequence[object]] = kept["rows"]
    return Table(kept["title"], tuple(kept["columns"]), tuple(tuple(one) for one in rows), tuple(kept["meanings"]))


def brief_of(shop_id: UUID, day: date) -> list[Finding] | None:
    """The things to look at of a day, in the language of whoever reads; None: not written."""
    row = Brief.objects.filter(shop_id=shop_id, day=day).first()
    if row is None:
        return None
    currency = row.summary["currency"]
    return [
        Finding(one["kind"], float(one["stake"]), sentence(one["kind"], one["facts"], currency), one["facts"])
        for one in row.findings
    ]
