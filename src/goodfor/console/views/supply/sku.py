"""Where a SKU is bought: its offers, its route, and whom a purchase would be made from now."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog.errors import SkuUnknown
from goodfor.console import supply_words as words
from goodfor.console.desk.skus import SkuRow, name_of, rows_of
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.supply import forms
from goodfor.console.views.supply.items import LONGEST, item_row
from goodfor.console.words import CHANNELS
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.supply import queries as supply
from goodfor.supply.errors import ItemNotFound
from goodfor.supply.operations.set_offers import Terms, set_offer, set_route

PAGE: Final = "desk:skus"
FOUND: Final = 20
MOST_UNITS: Final = 10_000


@console_page(Permission.SUPPLY_VIEW, methods=("GET", "POST"))
def sku_supply(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """GET: `q` searches items to offer, `item` opens the terms of one, `quantity`, `price` and `channel` preview.

    POST: `act` offer or route.
    """
    rows = rows_of(visitor.shop.id, [sku_id])
    if not rows:
        raise SkuUnknown
    if request.method != "POST":
        return _page(request, visitor, rows[0])
    if not visitor.may(Permission.SUPPLY_MANAGE):
        raise NotAllowed
    act, here = request.POST.get("act", ""), reverse("desk:sku-supply", args=[sku_id])
    try:
        if act == "offer":
            set_offer(
                shop_id=visitor.shop.id, sku_id=sku_id, item=_item_id(request.POST.get("item", "")),
                terms=terms_of(request.POST), actor=visitor.actor, now=utc_now(),
            )  # fmt: skip
            return done(request, _("货源已保存"), here)
        if act == "route":
            set_route(
                shop_id=visitor.shop.id, sku_id=sku_id, actor=visitor.actor, now=utc_now(),
                **route_of(request.POST.dict(), visitor.shop.currency),
            )  # fmt: skip
            return done(request, _("采购规则已保存"), here)
    except DomainError as error:
        return _page(request, visitor, rows[0], error)
    raise InvalidInput(_("没有这个操作"))


def _item_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ItemNotFound from None


def terms_of(posted: QueryDict) -> Terms:
    """The terms of the form. Raises InvalidInput, in words."""
    typed = {key: str(posted.get(key, "")) for key in posted}
    priority, weight = forms.whole(typed, "priority", most=1000), forms.whole(typed, "weight", most=1000)
    return Terms(
        enabled=bool(typed.get("enabled")),
        priority=100 if priority is None else priority,
        weight=1 if weight is None else max(1, weight),
        daily_quota=forms.whole(typed, "daily_quota"),
        from_minute=forms.minute(typed, "from"),
        to_minute=forms.minute(typed, "to"),
        channels=tuple(channel for channel in CHANNELS if channel in posted.getlist("channels")),
    )


def route_of(typed: Mapping[str, str], currency: str) -> dict[str, Any]:
    """What the form of the route says. Raises InvalidInput, in words."""

    def minor(key: str) -> int:
        text = typed.get(key, "").strip()
        try:
            return Money.parse(text, currency).amount_minor if text else 0
        except ValueError:
            raise InvalidInput(_("金额请写成 9.90 这样"), field=key) from None

    floor = minor("floor")
    seconds = forms.whole(typed, "deadline_seconds", most=604_800)
    if seconds is not None and seconds < 10:
        raise InvalidInput(_("请在 10 秒到 7 天之间"), field="deadline_seconds")
    return {
        "floor_minor": -floor if typed.get("floor_sign") == "loss" else floor,
        "loss_budget_minor": minor("loss_budget"),
        "deadline_seconds": 600 if seconds is None else seconds,
        "may_split": bool(typed.get("may_split")),
    }


def _page(request: HttpRequest, visitor: Visitor, row: SkuRow, error: DomainError | None = None) -> HttpResponse:
    shop_id, sku_id, now = visitor.shop.id, row.desk.id, utc_now()
    offers = supply.offers(shop_id, sku_id, now)
    route = supply.route(shop_id, sku_id, now)
    currency = row.desk.sku.price.currency
    wrong, why = forms.problem_of(error)
    context = {
        "title": _("供货：%(name)s") % {"name": name_of(row)},
        "row": row,
        "offers": [offer_row(one) for one in offers],
        "buyable": supply.buyable(shop_id, [sku_id], now).get(sku_id),
        "route": route,
        "route_values": _route_values(request, route, currency, error),
        "lost": Money(route.lost_today_minor, currency),
        "channels": list(CHANNELS.items()),
        "form": _offer_form(request, visitor, offers, error),
        "found": _found(request, visitor, sku_id),
        "q": _asked(request),
        "preview": _preview(request, visitor, row, now),
        "may_manage": visitor.may(Permission.SUPPLY_MANAGE),
        "errors": {wrong: why} if wrong else {},
        "error": error,
        "act": request.POST.get("act", ""),
    }
    crumbs = [(_("规格与库存"), reverse(PAGE)), (name_of(row), reverse("desk:sku", args=[sku_id]))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply/sku", context, page=PAGE, crumbs=crumbs, status=status)


def offer_row(one: supply.OfferView) -> dict[str, Any]:
    """An offer as the table shows it."""
    hours = ""
    if one.from_minute != one.to_minute:
        hours = f"{forms.minute_text(one.from_minute)}–{forms.minute_text(one.to_minute)}"
    return {
        **item_row(one.item),
        "offer": one,
        "hours": hours,
        "quota": "" if one.daily_quota is None else f"{one.used_today:,}/{one.daily_quota:,}",
        "channels": _("、").join(str(CHANNELS.get(channel, channel)) for channel in one.channels),
        "on": one.enabled and one.supplier_enabled,
    }


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]


def _found(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> dict[str, Any] | None:
    """Items that fit what is searched for; None where nothing is."""
    text = _asked(request)
    if not text:
        return None
    items = supply.search_items(visitor.shop.id, text=text, limit=FOUND + 1)
    offered = supply.offered_items(visitor.shop.id, sku_id, [item.id for item in items])
    return {
        "rows": [item_row(item) | {"offered": item.id in offered} for item in items[:FOUND]],
        "more": len(items) > FOUND,
    }


def _offer_form(
    request: HttpRequest, visitor: Visitor, offers: list[supply.OfferView], error: DomainError | None
) -> dict[str, Any] | None:
    """The terms of one item, of an offer that is there or of a new one; None where none is asked for."""
    posted = error is not None and request.POST.get("act") == "offer"
    text = request.POST.get("item", "") if posted else request.GET.get("item", "")
    if not text:
        return None
    item = supply.item(visitor.shop.id, _item_id(text))
    known = next((one for one in offers if one.item.id == item.id), None)
    values: dict[str, Any] = {"priority": "100", "weight": "1", "enabled": "1", "from": "", "to": "", "channels": []}
    if posted:
        values = {**request.POST.dict(), "channels": request.POST.getlist("channels")}
    elif known:
        always = known.from_minute == known.to_minute
        values = {
            "priority": str(known.priority), "weight": str(known.weight), "enabled": "1" if known.enabled else "",
            "daily_quota": "" if known.daily_quota is None else str(known.daily_quota),
            "from": "" if always else forms.minute_text(known.from_minute),
            "to": "" if always else forms.minute_text(known.to_minute), "channels": list(known.channels),
        }  # fmt: skip
    return {"item": item, "row": item_row(item), "known": known, "values": values}


def _route_values(
    request: HttpRequest, route: supply.RouteView, currency: str, error: DomainError | None
) -> dict[str, Any]:
    if error is not None and request.POST.get("act") == "route":
        return request.POST.dict()
    return {
        "floor": Money(abs(route.floor_minor), currency).as_decimal_string(),
        "floor_sign": "loss" if route.floor_minor < 0 else "gain",
        "loss_budget": Money(route.loss_budget_minor, currency).as_decimal_string(),
        "deadline_seconds": str(route.deadline_seconds),
        "may_split": "1" if route.may_split else "",
    }


def _preview(request: HttpRequest, visitor: Visitor, row: SkuRow, now: Any) -> dict[str, Any]:
    """Whom it would be bought from; by the values of the address, else one unit at today's price in the shop front."""
    price, wrong = row.desk.sku.price, ""
    quantity, channel = 1, "storefront"
    try:
        quantity = forms.whole(request.GET.dict(), "quantity", most=MOST_UNITS) or 1
        if request.GET.get("price", "").strip():
            price = Money.parse(request.GET["price"].strip(), price.currency)
        channel = request.GET.get("channel", "") if request.GET.get("channel", "") in CHANNELS else "storefront"
    except (InvalidInput, ValueError):
        wrong = _("数量请写成整数，售价请写成 9.90 这样")
    lines = supply.preview(
        visitor.shop.id, row.desk.id, quantity=quantity, price_minor=price.amount_minor, currency=price.currency,
        channel=channel, now=now,
    )  # fmt: skip
    return {
        "quantity": quantity, "price": price.as_decimal_string(), "channel": channel, "wrong": wrong,
        "first": lines[0] if lines and lines[0].rank else None, "rows": [_line(line, price.currency) for line in lines],
    }  # fmt: skip


def _line(line: supply.PreviewLine, currency: str) -> dict[str, Any]:
    return {
        "line": line,
        "cost": words.cost(line.cost, line.currency),
        "landed": words.cost(line.landed, currency),
        "expected": words.cost(line.expected, line.currency) if line.rank else "",
        "most": words.cost(line.max_cost, line.currency) if line.rank else "",
        "loss": Money(line.loss_minor, currency) if line.loss_minor else None,
        "why": words.reason(line.why_not) if line.why_not else "",
        "success": writing.percent(line.success),
        "p95": writing.seconds(line.p95_seconds) if line.p95_seconds else "–",
    }
