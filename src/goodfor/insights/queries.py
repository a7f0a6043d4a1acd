"""Reads of insights, as dataclasses. Every one names the shop."""

from datetime import date
from uuid import UUID

from goodfor.insights import desk
from goodfor.insights.cohorts import cohorts, retention
from goodfor.insights.desk import BriefView, IssueView, brief_of, issue
from goodfor.insights.errors import ReportNotFound
from goodfor.insights.exports import as_csv, as_xlsx
from goodfor.insights.health import risk_health, supplier_health
from goodfor.insights.mapping import report_view
from goodfor.insights.models import Issue, Report
from goodfor.insights.reads import board, slices, steps, tops, totals
from goodfor.insights.snapshots.asking import cohort_matrix, free, snapshot_taken_at
from goodfor.insights.states import KEPT
from goodfor.insights.stock import demand_of, restock
from goodfor.insights.tables import figures_table, shown_key, steps_table
from goodfor.insights.types import ReportView
from goodfor.insights.visits import funnel, product_views, visits
from goodfor.insights.wording_brief import greeting

__all__ = [
    "BriefView",
    "IssueView",
    "as_csv",
    "as_xlsx",
    "board",
    "brief_of",
    "cohort_matrix",
    "cohorts",
    "demand_of",
    "desk",
    "figures_table",
    "free",
    "funnel",
    "greeting",
    "issue",
    "issues",
    "product_views",
    "report",
    "reports",
    "restock",
    "retention",
    "risk_health",
    "shown_key",
    "slices",
    "snapshot_taken_at",
    "steps",
    "steps_table",
    "supplier_health",
    "tops",
    "totals",
    "visits",
]


def reports(shop_id: UUID) -> list[ReportView]:
    """The saved ones, paused ones too, by name."""
    return [report_view(row) for row in Report.objects.filter(shop_id=shop_id, state__in=KEPT).order_by("name")]


def report(shop_id: UUID, report_id: UUID) -> ReportView:
    """One, dropped or not. Raises ReportNotFound."""
    row = Report.objects.filter(shop_id=shop_id, id=report_id).first()
    if row is None:
        raise ReportNotFound
    return report_view(row)


def issues(shop_id: UUID, report_id: UUID, limit: int = 50) -> list[tuple[int, date, date]]:
    """What was sent of a report: number, first and last day; the newest first."""
    rows = Issue.objects.filter(shop_id=shop_id, report_id=report_id).order_by("-number")
    return [(row.number, row.first, row.last) for row in rows[:limit]]
