"""How suppliers did: all of them today, one over a day or a month, and its report card."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import paper_words, words
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.console.views.supply_card import after_lines, graded
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.supply import queries as supply
from goodfor.supply.types import Count, Health, Point, ReportCard

PAGE: Final = "desk:supply-health"
SPANS: Final = {"24h": 1, "30d": 30}


@console_page(Permission.SUPPLY_VIEW)
def overview(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every supplier over the last 24 hours."""
    found = supply.health_of_all(visitor.shop.id, utc_now())
    rows = [(supplier_id, name, enabled, count, _told(count)) for supplier_id, name, enabled, count in found]
    return show(request, visitor, "supply_health", {"rows": rows}, page=PAGE)


@console_page(Permission.SUPPLY_VIEW)
def health(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """One of them, over 24 hours by the hour or 30 days."""
    span = request.GET.get("span", "24h")
    span = span if span in SPANS else "24h"
    found = supply.health(visitor.shop.id, supplier_id, days=SPANS[span], timezone=visitor.shop.timezone, now=utc_now())
    here = reverse("desk:supplier-health", args=[supplier_id])
    context: dict[str, Any] = {
        "title": found.name,
        "health": found,
        "total": _told(found.total),
        "span": span,
        "tabs": [
            {"key": "24h", "label": _("24 小时"), "href": f"{here}?span=24h"},
            {"key": "30d", "label": _("30 天"), "href": f"{here}?span=30d"},
        ],
        "charts": _charts(found, visitor.shop.timezone),
        "outages": [(one, words.word(paper_words.REASONS, one.reason)) for one in found.outages],
    }
    return show(request, visitor, "supplier_health", context, page=PAGE, crumbs=[(_("供应商表现"), reverse(PAGE))])


@console_page(Permission.SUPPLY_VIEW)
def card(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """The report card of the last 30 days, made to be printed."""
    report = supply.supplier_report(visitor.shop.id, supplier_id, timezone=visitor.shop.timezone, now=utc_now())
    found = report.card
    crumbs = [
        (_("供应商表现"), reverse(PAGE)), (found.name, reverse("desk:supplier-health", args=[supplier_id])),
    ]  # fmt: skip
    context = {
        "title": _("成绩单"),
        "card": found,
        "rows": [*_lines(found), *after_lines(report)],
        "total": _told(found.total),
        **graded(report, visitor.shop.timezone),
    }
    return show(request, visitor, "supplier_card", context, page=PAGE, crumbs=crumbs)


def _told(count: Count) -> dict[str, Any]:
    """As pages say it; None where nothing was counted."""
    return {
        "success": _percent(count.success_rate),
        "unknown": _percent(count.unknown_rate),
        "p50": count.speed(0.5),
        "p95": count.speed(0.95),
        "delay": count.delay(0.95),
    }


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share * 100:.1f}%"


def _charts(found: Health, timezone: str) -> Sequence[tuple[str, str, dict[str, Any]]]:
    label = _labels(found.points, timezone)

    def rates(share: Callable[[Count], float | None]) -> list[list[Any]]:
        return [[label(point.at), round((share(point.count) or 0) * 100, 1)] for point in found.points]

    def seconds(of: Callable[[Count], float | None]) -> list[list[Any]]:
        return [[label(point.at), round(of(point.count) or 0, 1)] for point in found.points]

    when = _("时间")
    return (
        ("tries", _("采购次数与成功次数"), {
            "kind": "bar", "columns": [when, _("采购"), _("成功")], "format": "number", "unit": _("次"),
            "rows": [[label(point.at), point.count.tries, point.count.success] for point in found.points],
        }),
        ("unknown", _("结果未知率"), {
            "kind": "line", "columns": [when, _("结果未知率")], "format": "percent", "unit": "%",
            "rows": rates(lambda count: count.unknown_rate),
        }),
        ("speed", _("到货用时 p95"), {
            "kind": "line", "columns": [when, _("到货用时 p95")], "format": "number", "unit": _("秒"),
            "rows": seconds(lambda count: count.speed(0.95)),
        }),
        ("delay", _("回调用时 p95"), {
            "kind": "line", "columns": [when, _("回调用时 p95")], "format": "number", "unit": _("秒"),
            "rows": seconds(lambda count: count.delay(0.95)),
        }),
    )  # fmt: skip


def _labels(points: Sequence[Point], timezone: str) -> Callable[[datetime], str]:
    zone = ZoneInfo(timezone)
    text = "%H:00" if len(points) == SPANS["24h"] * 24 else "%m-%d"
    return lambda at: at.astimezone(zone).strftime(text)


def _lines(found: ReportCard) -> list[tuple[str, str, str]]:
    """(what, value, note) of the card."""
    total, unit = found.total, found.currency
    promise = found.promise_seconds
    speed = "–" if found.p50 is None or found.p95 is None else f"p50 {found.p50:.1f} s · p95 {found.p95:.1f} s"
    return [
        (_("采购次数"), f"{total.tries:,}", ""),
        (_("成功率"), _percent(total.success_rate) or "–", _("有结果的采购中到货的比例")),
        (_("结果未知率"), _percent(total.unknown_rate) or "–", _("有一阵子不知道结果的比例")),
        (_("卡密有效率"), _percent(found.validity) or "–",
         _("%(bad)d 件坏的，%(good)d 件好的") % {"bad": total.faulty + found.upheld_units, "good": total.good}),
        (_("到货速度"), speed, _("承诺 %(n)d 秒") % {"n": promise} if promise else ""),
        (_("买家投诉"), f"{found.complaints:,}", _("其中成立 %(n)d 起") % {"n": found.upheld}),
        (_("退款"), f"{total.refunds:,}", f"{total.refunded.normalize():f} {unit}"),
        (_("付给供应商"), f"{total.charged.normalize():f} {unit}",
         _("减去退款 %(sum)s") % {"sum": f"{found.net.normalize():f} {unit}"}),
        (_("暂停采购"), _("%(n)d 次") % {"n": found.outages}, ""),
    ]  # fmt: skip
