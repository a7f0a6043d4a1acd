"""Periodic duties of insights."""

from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from goodfor.identity import queries as identity
from goodfor.insights.models import Report
from goodfor.insights.operations.count_flow import count_flow, put_back
from goodfor.insights.operations.issue_report import issue_report
from goodfor.insights.operations.make_forecasts import make_forecasts
from goodfor.insights.operations.mark_days import mark_days
from goodfor.insights.operations.roll_cube import roll_cube
from goodfor.insights.operations.take_snapshot import take_snapshot
from goodfor.insights.operations.write_brief import write_brief
from goodfor.insights.snapshots import store
from goodfor.insights.types import BOOKS, day_of
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

DAYS_A_TURN = 20
REPORTS_A_TURN = 20
#: When a day is over, told and looked ahead from, by the clock of the books: night work first, then the brief.
SNAPSHOT_HOUR, FORECAST_HOUR, BRIEF_HOUR = 2, 3, 7
log = structlog.get_logger(__name__)
_DUE = Statement(__package__, "sql/flow_due.sql")
_SHOPS = Statement(__package__, "sql/shops_that_sold.sql")


@loop(name="insights.cube", seconds=5.0)
def roll(now: datetime) -> int:
    """Keep the figures close to the books."""
    return roll_cube(now=now)


@loop(name="insights.flow", seconds=60.0)
def count_days(now: datetime) -> int:
    """Note which days moved, and count them; nothing is called again at once, for the present day always moves."""
    while mark_days(now=now):
        pass
    with platform_job("days whose orders are to be counted"):
        due = _DUE.rows({"now": now, "limit": DAYS_A_TURN})
    for shop_id, day in due:
        try:
            count_flow(shop_id=shop_id, day=day)
        except Exception as error:
            log.error("flow_failed", shop_id=str(shop_id), day=str(day), error=type(error).__name__)
            put_back(shop_id=shop_id, day=day, now=now)
    return 0


@loop(name="insights.reports", seconds=60.0)
def send_reports(now: datetime) -> int:
    """Make the saved reports whose time has come; how many."""
    with platform_job("reports that are due"):
        due = list(Report.objects.filter(due_at__lte=now).order_by("due_at").values_list("shop_id", "id"))
    done = 0
    for shop_id, report_id in due[:REPORTS_A_TURN]:
        try:
            done += issue_report(shop_id=shop_id, report_id=report_id, now=now)
        except Exception as error:
            log.error("report_failed", report_id=str(report_id), error=type(error).__name__)
    return 0 if done < REPORTS_A_TURN else done


@loop(name="insights.nights", seconds=600.0)
def look_ahead(now: datetime) -> int:
    """Once a day of the books: forecasts of the night, the brief of the day before in the morning; nothing twice."""
    hour, today = now.astimezone(BOOKS).hour, day_of(now)
    for shop_id in _shops_that_sold(today):
        try:
            if hour >= FORECAST_HOUR:
                make_forecasts(shop_id=shop_id, today=today)
            if hour >= BRIEF_HOUR:
                shop = identity.shop_by_id(shop_id)
                write_brief(shop_id=shop_id, day=today - timedelta(days=1), currency=shop.currency, now=now)
        except Exception as error:
            log.error("look_ahead_failed", shop_id=str(shop_id), error=type(error).__name__)
    return 0


@loop(name="insights.snapshots", seconds=600.0)
def take_snapshots(now: datetime) -> int:
    """Once a night of the books, for heavy questions; one shop's that fails is tried at the next call."""
    if now.astimezone(BOOKS).hour < SNAPSHOT_HOUR:
        return 0
    today, done = day_of(now), 0
    for shop_id in _shops_that_sold(today):
        try:
            kept = store.current(shop_id)
            if kept is None or day_of(kept.taken_at) < today:
                take_snapshot(shop_id=shop_id, now=now)
                done += 1
        except Exception as error:
            log.error("snapshot_failed", shop_id=str(shop_id), error=type(error).__name__)
    # Never again at once: what failed would fail again.
    log.info("snapshots_taken", shops=done)
    return 0


def _shops_that_sold(today: date) -> list[UUID]:
    with platform_job("shops that sold lately"):
        return [shop_id for (shop_id,) in _SHOPS.rows({"first": today - timedelta(days=90)})]
