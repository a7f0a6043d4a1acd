"""Pay: start a payment, lead to the channel, show its QR code, wait for the answer."""

import json
from urllib.parse import urlsplit
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from goodfor.cards import queries as cards
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations.cancel_order import cancel_order
from goodfor.orders.operations.start_payment import start_payment
from goodfor.orders.types import OrderView
from goodfor.storefront.advice import advice_for
from goodfor.storefront.balance import BALANCE, methods_for, pay_with_balance
from goodfor.storefront.client import device_of, scheme_and_host
from goodfor.storefront.forms import typed
from goodfor.storefront.grants import payment_of, remember_payment
from goodfor.storefront.judged_sales import judged_pay
from goodfor.storefront.ownership import actor, grant_for
from goodfor.storefront.page import allow_form_to, allow_stripe, is_stand_in, is_stripe, page, show
from goodfor.storefront.payers import may_ask, payer_of
from goodfor.storefront.points import POINTS, pay_by_points
from goodfor.storefront.top_ups import live_state
from goodfor.storefront.types import Grant, PayHint

WEB = ("http", "https")


def begin_payment(
    request: HttpRequest,
    response: HttpResponse,
    shop: ShopView,
    order_id: UUID,
    number: str,
    method: str,
    *,
    ask: bool = True,
    script: bool = True,
) -> DomainError | HttpResponse | None:
    """Ask the channel for a way to pay and keep it for the pay page; a refusal is returned, not raised.

    Whoever sets out to pay is judged first, but not again when coming back from the channel (`ask` False): an answer
    that asks for more is returned, too. The buyer's own balance pays at once. Where the channel must first be asked who
    pays, the way leads there, if `ask`; `script` False leaves out ways that need the channel's script.
    """
    now = utc_now()
    payer = payer_of(request, shop.id, now, script=script)
    try:
        if ask and (stopped := judged_pay(request, shop, order_id, method, payer)) is not None:
            return stopped
        if method == BALANCE:
            pay_with_balance(request, shop, number, now)
            return None
        if method == POINTS:
            pay_by_points(request, shop, number, now)
            return None
        if ask and script and may_ask(request):
            total = orders.order_view(shop.id, order_id).total
            if orders.payer_question(shop.id, total, method, payer, now):
                asking = scheme_and_host(request) + reverse("storefront:payer", args=[number])
                remember_payment(response, request, shop.id, number, PayHint("redirect", method, asking))
                return None
        instruction = start_payment(
            shop_id=shop.id,
            order_id=order_id,
            method=method,
            return_url=scheme_and_host(request) + reverse("storefront:order", args=[number]),
            notify_url=_notify_base(request),
            payer=payer,
            now=now,
        )
    except DomainError as error:
        return error
    fields = {str(k): str(v) for k, v in (instruction.fields or {}).items()}
    hint = PayHint(instruction.kind, method, instruction.url or "", fields)
    remember_payment(response, request, shop.id, number, hint)
    return None


def to_pay(number: str) -> HttpResponse:
    """To the pay page, and from there straight on to the channel."""
    return redirect(reverse("storefront:pay", args=[number]) + "?go=1")


@page("GET", "POST", private=True)
def pay(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """The way to pay that was started, or the choice of one; an order that needs no money goes to its own page."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    order = orders.order_view(shop.id, grant.order_id)
    if order.state != "placed":
        return redirect("storefront:order", number=number)
    if request.method == "POST":
        again = to_pay(number)
        method, script = typed(request.POST.get("method", ""), 60), request.POST.get("as") != "plain"
        error = begin_payment(request, again, shop, order.id, number, method, script=script)
        if isinstance(error, HttpResponse):
            return error
        return pay_page(request, shop, order, None, error) if error else again
    return pay_page(request, shop, order, payment_of(request, shop.id, number), None)


def pay_page(
    request: HttpRequest, shop: ShopView, order: OrderView, hint: PayHint | None, error: DomainError | None
) -> HttpResponse:
    """The page itself: the way that was started, what else there is, or why it did not start."""
    way = hint if hint and usable(hint) else None
    methods = methods_for(request, shop, order.total)
    credit = orders.credit_part(shop.id, order.id)
    met = Money(credit.minor if credit else 0, order.currency)
    if credit is not None:
        # Units meet a part of it already: what is left is money.
        methods = [one for one in methods if one[0] != POINTS]
    stripe = way.fields if way and embeds(way) else None
    context = {
        "order": order,
        "met": met,
        "met_by": credit.kind if credit else "",
        "off": order.discount - met,
        "way": way,
        "methods": methods,
        "method_label": dict(methods).get(way.method, "") if way else "",
        "qr": qr_of(way.url) if way and way.kind == "qr" else "",
        "app_link": _app_link(way, device_of(request)),
        "stand_in_link": way.url if way and way.kind == "qr" and is_stand_in(way.url) else "",
        "signed": json.dumps(way.fields) if way and way.kind == "client" and not stripe else "",
        "stripe": stripe,
        "plain": _plain(request, shop, order, way),
        "go": request.GET.get("go") == "1",
        "error": error,
        "advice": advice_for(error) if error else "",
        # Straight on to the channel once; whoever comes back finds a button instead of a loop.
        "go_to": way.url if way and way.kind == "redirect" and request.GET.get("go") == "1" else "",
        # A page that asks for a choice must not reload under the buyer's hands.
        "refresh_seconds": 4 if way else 0,
        "cards": cards.is_on(shop.id),
        "tab": "orders",
    }
    response = show(request, "pay", context, status=error.http_status if error else 200)
    if way and way.kind == "form":
        parts = urlsplit(way.url)
        allow_form_to(response, f"{parts.scheme}://{parts.netloc}")
    if stripe:
        allow_stripe(response, stripe["script"])
    return response


def _app_link(way: PayHint | None, device: str) -> str:
    """The link that opens Alipay's app from a phone's browser where only a code is at hand: the code's own address."""
    if way is None or way.kind != "qr" or device != "mobile" or way.method != "alipay":
        return ""
    return way.url if urlsplit(way.url).scheme == "https" else ""


def _plain(request: HttpRequest, shop: ShopView, order: OrderView, way: PayHint | None) -> bool:
    """Whether the way that needs a script has one beside it that does not."""
    if way is None or way.kind != "client":
        return False
    ways = orders.payment_methods(shop.id, order.total, device=device_of(request), script=False)
    return way.method in {one.code for one in ways}


def embeds(way: PayHint) -> bool:
    """True for a payment that is made on this very page, by Stripe's script."""
    return way.kind == "client" and "client_secret" in way.fields and is_stripe(way.fields.get("script", ""))


def usable(hint: PayHint) -> bool:
    """Only web addresses become links and forms; a QR code may hold an app's own scheme (weixin://).

    What goes to the channel's script (client) is data for it, never a link.
    """
    if hint.kind in ("redirect", "form"):
        parts = urlsplit(hint.url)
        return parts.scheme in WEB and bool(parts.netloc) and not set(parts.netloc) & set(" ;,'\"")
    if hint.kind == "client":
        return embeds(hint) if "client_secret" in hint.fields else bool(hint.fields)
    return hint.kind == "done" or (hint.kind == "qr" and 0 < len(hint.url) <= 1500)


def qr_of(text: str) -> SafeString:
    """The text as inline SVG, dark on light in both themes so that every scanner reads it."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        scale=5, border=3, dark="#16201c", light="#ffffff", omitsize=True
    )
    # segno draws modules only; the text itself is not in its output.
    return mark_safe(svg)  # noqa: S308


@page("GET", private=True)
def state(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """The order's state, for our own script that waits for it."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return JsonResponse({"state": "unknown"}, status=404)
    return JsonResponse({"state": live_state(shop.id, orders.order_view(shop.id, grant.order_id))})


@page("POST", private=True)
def cancel(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Give an unpaid order up, so that its stock is free again at once."""
    grant: Grant | None = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    cancel_order(shop_id=shop.id, order_id=grant.order_id, actor=actor(grant), now=utc_now())
    return redirect("storefront:order", number=number)


def _notify_base(request: HttpRequest) -> str:
    """Where channels report payments; the payment room adds its own path per channel."""
    return str(getattr(settings, "GOODFOR_NOTIFY_URL", "")) or f"{scheme_and_host(request)}/pay/notify"
