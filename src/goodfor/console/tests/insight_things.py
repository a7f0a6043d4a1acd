"""Figures of a shop for tests of its pages: a cube, a flow, cohorts, forecasts, a brief, a report that was sent."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import sql
from goodfor.insights.operations.issue_report import issue_report
from goodfor.insights.operations.save_report import save_report
from goodfor.insights.operations.write_brief import write_brief
from goodfor.insights.report_models import Forecast
from goodfor.insights.tests.cubes import fill
from goodfor.insights.types import NONE, Spec, day_of
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job

SPEC = Spec("channel", 7, (), ("gmv_minor", "margin_rate"))
OPEN_SPEC = Spec("sku", 7, (), ("gmv_minor", "units"))
_FLOW = """
INSERT INTO insights_flow (shop_id, day, currency, sku_id, channel, method, segment, placed, started, paid, held,
    delivered, expired, cancelled, refunded, refunded_undelivered, partly_refunded, claimed, claims, proven,
    placed_minor)
SELECT %(shop)s, d::date, 'CNY', %(sku)s, 'storefront', 'alipay', 'new', 40, 30, 20, 1, 18, 8, 2, 2, 1, 1, 3, 4, 1,
       100000
  FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS d
"""
_COHORTS = """
INSERT INTO insights_cohort (shop_id, currency, cohort, month, buyers, orders, paid_minor)
SELECT %(shop)s, 'CNY', (m - n * interval '1 month')::date, (m - n * interval '1 month' + k * interval '1 month')::date,
       CASE k WHEN 0 THEN 100 ELSE 50 - 10 * k END, 120 - k, 900000 - 1000 * k
  FROM date_trunc('month', %(today)s::timestamp) AS m, generate_series(0, 3) AS n, generate_series(0, 3) AS k
 WHERE k <= n
"""


def filled(shop: Shop, days: int = 70, now: datetime | None = None) -> date:
    """Figures of so many days up to and with today; today."""
    today = day_of(now or utc_now())
    first = today - timedelta(days=days)
    skus = [shop.demo.skus["kw-50"], shop.demo.skus["kw-100"]]
    with platform_job("test"):
        fill(shop.id, first, today, skus, [NONE])
        sql(_FLOW, {"shop": shop.id, "sku": skus[0], "first": first, "last": today})
        sql(_COHORTS, {"shop": shop.id, "today": today})
    return today


def foreseen(shop: Shop, today: date, mid: int = 40) -> UUID:
    """A SKU with a forecast; it."""
    sku_id = shop.demo.skus["kw-50"]
    Forecast.objects.bulk_create(
        Forecast(shop_id=shop.id, sku_id=sku_id, horizon=days, low=mid * days // 28, mid=mid * days // 14,
                 high=mid * days // 7, method="mean", made_on=today)
        for days in (7, 14, 30)
    )  # fmt: skip
    return sku_id


def told(shop: Shop, today: date) -> date:
    """The brief of yesterday; that day."""
    day = today - timedelta(days=1)
    write_brief(shop_id=shop.id, day=day, currency="CNY", now=utc_now())
    return day


def reported(shop: Shop, name: str = "每周渠道", spec: Spec = SPEC, staff: tuple[UUID, ...] = ()) -> UUID:
    """A report that was sent once."""
    now = utc_now()
    made = save_report(
        shop_id=shop.id, name=name, spec=spec, rhythm="daily", staff_ids=staff, actor="staff:test",
        now=now - timedelta(days=2),
    )  # fmt: skip
    assert made.due_at is not None
    assert issue_report(shop_id=shop.id, report_id=made.id, now=now)
    return made.id


def insight_things(shop: Shop) -> dict[str, Any]:
    """A report and its first issue."""
    return {"report_id": reported(shop, spec=OPEN_SPEC), "issue_number": 1}
