"""Step five: a real order for one code, by the shop's own ways, seen through to its delivery, and given back."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from goodfor.console import starting
from goodfor.console.access import is_fresh
from goodfor.console.errors import NothingToOrder
from goodfor.console.frame import console_page, done
from goodfor.console.operations.start_order import start_order, start_order_by_balance
from goodfor.console.refund_words import proof_if_asked
from goodfor.console.types import Visitor
from goodfor.console.views.start import at, page, ways_to_pay
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.start_payment import start_payment
from goodfor.orders.types import OrderView
from goodfor.payments import queries as payments
from goodfor.payments.operations.sandbox_books import pay_trade

BALANCE = "balance"


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
def order(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Place and pay; or go on paying, or pay at the built-in stand-in; or give the money back."""
    try:
        act = request.POST.get("act", "place")
        if act == "refund":
            return _refund(request, visitor)
        if act == "paid":
            return _paid(request, visitor)
        return _place(request, visitor)
    except DomainError as error:
        return page(request, visitor, "order", utc_now(), error=error)


def _place(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    now, shop, method = utc_now(), visitor.shop, request.POST.get("method", "")
    if method not in dict(ways_to_pay(visitor, now)):
        raise InvalidInput(_("请选择一种收款方式"), field="method")
    offers = {str(sku.id): sku for _product, sku, _free in starting.in_stock(shop, now)}
    known = starting.test_order(shop)
    going_on = known is not None and known.state == "placed" and known.pay_by > now and known.client_id is None
    sku = offers.get(request.POST.get("sku", ""))
    if sku is None and not going_on:
        raise NothingToOrder
    if method == BALANCE and sku is not None:
        start_order_by_balance(shop_id=shop.id, sku_id=sku.id, price=sku.price, actor=visitor.actor, now=now)
        return done(request, _("已用余额付款，卡密已发货"), at("order"))
    if sku is None:
        # Its code is held by the order that is under way.
        return _pay(request, visitor, _mine(visitor).id, method)
    locale = translation.get_language() or shop.locale
    return _pay(request, visitor, start_order(shop_id=shop.id, sku_id=sku.id, locale=locale, now=now), method)


def _pay(request: HttpRequest, visitor: Visitor, order_id: UUID, method: str) -> HttpResponse:
    public, now = str(settings.GOODFOR_PUBLIC_URL), utc_now()
    instruction = start_payment(
        shop_id=visitor.shop.id,
        order_id=order_id,
        method=method,
        return_url=public + at("order"),
        notify_url=str(getattr(settings, "GOODFOR_NOTIFY_URL", "")) or f"{public}/pay/notify",
        now=now,
    )
    provider = payments.pending_of(visitor.shop.id, "order", order_id)
    built_in = bool(provider) and provider[-1].provider == "sandbox"
    kind, url = str(instruction.kind), instruction.url
    if kind == "redirect" and not _is_web(url):
        kind = ""
    more = {"pay_kind": "built-in" if built_in else kind, "pay_url": url, "picked": method}
    return page(request, visitor, "order", now, more=more)


def _is_web(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _paid(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The stand-in inside this program is told that its buyer has paid; the channel's poll finds the money."""
    found = _mine(visitor)
    for payment in payments.pending_of(visitor.shop.id, "order", found.id):
        if payment.provider == "sandbox":
            pay_trade(shop_id=visitor.shop.id, number=payment.number, now=utc_now())
    return done(request, _("已模拟付款，几秒内发货"), at("order"))


def _refund(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    found = _mine(visitor)
    if not visitor.may(Permission.ORDERS_REFUND):
        raise OrderNotFound
    now = utc_now()
    with proof_if_asked(request):
        refund_order(
            shop_id=visitor.shop.id,
            order_id=found.id,
            reason=_("试单退款"),
            actor=visitor.actor,
            by_staff=True,
            proven=is_fresh(request, now),
            now=now,
        )
    return done(request, _("退款已提交"), at("order"))


def _mine(visitor: Visitor) -> OrderView:
    found = starting.test_order(visitor.shop)
    if found is None:
        raise OrderNotFound
    return found
