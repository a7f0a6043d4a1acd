"""The first page: live numbers, thirty days, and what needs a hand now."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.catalog import queries as catalog
from goodfor.console import starting
from goodfor.console.desk.purchases import LONG
from goodfor.console.frame import console_page, show
from goodfor.console.recon_todo import recon_waits
from goodfor.console.risk_todo import alarms_now, waits
from goodfor.console.types import Visitor
from goodfor.console.views.insights.brief import card_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kernel.trouble import trouble
from goodfor.orders import queries as orders
from goodfor.orders.types import DayFigures, DeskFigures
from goodfor.payments import queries as payments
from goodfor.supply import queries as supply
from goodfor.vault import queries as vault
from goodfor.vault.types import low_stock_line

DAYS: Final = 30
CASES_SHOWN: Final = 1000
LOW_SHOWN: Final = 6


@console_page(Permission.ORDERS_VIEW)
def overview(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Numbers of today against yesterday, of thirty days, and a list of what waits for a person."""
    now, shop = utc_now(), visitor.shop
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    first = today - timedelta(days=DAYS - 1)
    figures = orders.desk_figures(
        shop.id, currency=shop.currency, first=first, last=today, timezone=shop.timezone, now=now
    )
    context: dict[str, Any] = {
        "today": _today(figures.days, shop.currency),
        "month": _month(figures.days, shop.currency),
        "p50": figures.delivered_p50_seconds,
        "p95": figures.delivered_p95_seconds,
        "waiting": waiting(visitor, figures, now),
        "sales_chart": _sales_chart(figures.days),
        "orders_chart": _orders_chart(figures.days),
        "at": now,
        **card_of(visitor, now),
    }
    if visitor.may(Permission.SHOP_CONFIGURE) and (way := starting.card_of(shop, now)):
        context |= {"start": way, "start_items": way.items(way.next)}
    return show(request, visitor, "overview", context, page="desk:overview")


def _today(days: Sequence[DayFigures], currency: str) -> dict[str, Any]:
    today, before = days[-1], days[-2]
    change = (today.paid_minor - before.paid_minor) * 100 // before.paid_minor if before.paid_minor else None
    return {"sales": Money(today.paid_minor, currency), "orders": today.paid, "placed": today.placed, "change": change}


def _month(days: Sequence[DayFigures], currency: str) -> dict[str, Any]:
    placed, paid = sum(day.placed for day in days), sum(day.paid for day in days)
    refunded = sum(day.refunded for day in days)
    return {
        "sales": Money(sum(day.paid_minor for day in days), currency),
        "orders": paid,
        "success": f"{paid * 100 / placed:.1f}" if placed else None,
        "refunded": Money(sum(day.refunded_minor for day in days), currency),
        "refund_rate": f"{refunded * 100 / paid:.2f}" if paid else None,
    }


def _label(day: date) -> str:
    return f"{day:%m-%d}"


def _sales_chart(days: Sequence[DayFigures]) -> dict[str, Any]:
    return {
        "kind": "bar",
        "columns": [_("日期"), _("成交额"), _("退款额")],
        "rows": [[_label(day.day), day.paid_minor, day.refunded_minor] for day in days],
        "unit": _("元"),
        "format": "money",
    }


def _orders_chart(days: Sequence[DayFigures]) -> dict[str, Any]:
    return {
        "kind": "line",
        "columns": [_("日期"), _("下单数"), _("成交数")],
        "rows": [[_label(day.day), day.placed, day.paid] for day in days],
        "unit": _("单"),
        "format": "number",
    }


def waiting(visitor: Visitor, figures: DeskFigures, now: datetime) -> list[dict[str, Any]]:
    """What needs a hand now, gravest first; nothing of what the visitor may not see."""
    found = alarms_now(visitor, now)
    orders_at = reverse("desk:orders")
    if figures.overdue:
        found.append(_item(_("已付款但超时未了结的订单"), figures.overdue, f"{orders_at}?tab=paid", "red"))
    found += _claims(visitor, now)
    if visitor.may(Permission.PAYMENTS_VIEW):
        cases = len(payments.cases(visitor.shop.id, state="open", limit=CASES_SHOWN))
        if cases:
            found.append(_item(_("待处理的异常单"), cases, reverse("desk:cases"), "red"))
    if visitor.may(Permission.SUPPLY_VIEW):
        found += _supply(visitor, now)
    found += recon_waits(visitor, now)
    found += waits(visitor, now)
    if figures.refunding:
        found.append(_item(_("退款中的订单"), figures.refunding, f"{orders_at}?tab=refunding", "amber"))
    if visitor.may(Permission.STOCK_VIEW):
        found += _low_stock(visitor, now)
    if visitor.may(Permission.AUDIT_VIEW):
        wrong = trouble()
        if wrong.failed_jobs:
            found.append(_item(_("失败的后台任务"), wrong.failed_jobs, "", "red"))
        if wrong.events_retrying:
            found.append(_item(_("等待重试的事件"), wrong.events_retrying, "", "amber"))
    return found


def _claims(visitor: Visitor, now: datetime) -> list[dict[str, Any]]:
    """Claims that wait for a person, and those past the time that was promised for them."""
    shop_id, at = visitor.shop.id, reverse("desk:claims")
    counted = (
        (_("超过承诺时间的售后"), aftersales.late(shop_id, now), f"{at}?tab=open&late=any", "red"),
        (_("等人处理的售后"), aftersales.for_people(shop_id), at, "amber"),
    )
    return [_item(label, count, href, tone) for label, count, href, tone in counted if count]


def _supply(visitor: Visitor, now: datetime) -> list[dict[str, Any]]:
    """Purchases that a person must decide about or that are out for long, suppliers that are not bought from."""
    shop_id, desk = visitor.shop.id, reverse("desk:supply-desk")
    suppliers = reverse("desk:suppliers")
    counted = (
        (_("待人工确认的采购"), supply.undecided(shop_id), desk, "red"),
        (_("长时间没有结果的采购"), supply.stale(shop_id, now - LONG), f"{desk}?tab=long", "amber"),
        (_("暂停采购的供应商"), supply.open_breakers(shop_id), f"{suppliers}?tab=broken", "amber"),
    )
    return [_item(label, count, href, tone) for label, count, href, tone in counted if count]


def _low_stock(visitor: Visitor, now: datetime) -> list[dict[str, Any]]:
    """SKUs on sale below their threshold, or below the shop's where they have none of their own."""
    shop_id, line = visitor.shop.id, low_stock_line(visitor.shop.settings)
    on_sale = catalog.skus_on_sale(shop_id)
    levels, own = vault.stock(shop_id, on_sale, now), vault.thresholds(shop_id, on_sale)
    left = {sku_id: levels[sku_id].available if sku_id in levels else 0 for sku_id in on_sale}
    low = sorted((sku_id for sku_id in on_sale if left[sku_id] < own.get(sku_id, line)), key=lambda one: left[one])
    found = []
    for row in catalog.desk_skus(shop_id, low[:LOW_SHOWN]):
        label = _("库存不足：%(name)s") % {"name": f"{row.product_name} {row.sku.name}"}
        tone = "amber" if left[row.id] else "red"
        found.append(_item(label, left[row.id], reverse("desk:sku", args=[row.id]), tone))
    rest = len(low) - LOW_SHOWN
    more = f"{reverse('desk:skus')}?{urlencode({'sort': 'stock'})}"
    return [*found, _item(_("其他库存不足的商品"), rest, more, "amber")] if rest > 0 else found


def _item(label: str, count: int, href: str, tone: str) -> dict[str, Any]:
    return {"label": label, "count": count, "href": href, "tone": tone}
