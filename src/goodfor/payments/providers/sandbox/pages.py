"""The sandbox channel's pay page: shows the amount, one button. Mounted by config in demo and test only."""

import hmac
from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account, Payment
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.providers.sandbox import adapter, signing
from goodfor.payments.types import RawRequest

#: Given by config: what the callback's receiver does with it in process (shop, account, request).
Receiver = Callable[[UUID, UUID, RawRequest], object]

_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{}</title><main style='max-width:24rem;margin:4rem auto;font:16px system-ui;text-align:center'>"
    "<h1>{}</h1><p style='font-size:2rem'>{}</p><p>{}</p>"
    "<form method='post'><button style='font-size:1.2rem;padding:.6rem 2rem'>{}</button></form></main>"
)


def urlpatterns(receiver: Receiver | None = None) -> list[URLPattern]:
    """Routes to mount. `receiver` hears of a payment at once; without it the channel is asked by the loop."""

    @csrf_exempt  # The token in the address is the proof.
    @require_http_methods(["GET", "POST"])
    def pay_page(request: HttpRequest) -> HttpResponse:
        return _pay_page(request, receiver)

    return [path("", pay_page, name="payments-sandbox-page")]


def _pay_page(request: HttpRequest, receiver: Receiver | None) -> HttpResponse:
    account, payment = _find(request)
    amount = Money(payment.amount_minor, payment.currency)
    if request.method == "GET":
        heading = gettext("沙箱收银台")
        page = format_html(_PAGE, heading, heading, str(amount), payment.number, gettext("确认支付"))
        return HttpResponse(page, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    now = utc_now()
    pay_trade(shop_id=payment.shop_id, number=payment.number, now=now)
    if receiver is not None:
        receiver(account.shop_id, account.id, adapter.callback(opened(account), payment.number, amount, "paid", now))
    target = payment.request.get("return_url", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return HttpResponse(gettext("支付完成"))
    return HttpResponseRedirect(target)


def _find(request: HttpRequest) -> tuple[Account, Payment]:
    try:
        account_id = UUID(request.GET.get("account", ""))
    except ValueError:
        raise Http404 from None
    with platform_job("the sandbox channel serves all shops"):
        account = Account.objects.filter(id=account_id, provider="sandbox").first()
    if account is None or not adapter.is_on():
        raise Http404
    payment = Payment.objects.filter(
        shop_id=account.shop_id, account_id=account.id, number=request.GET.get("number", "")
    ).first()
    if payment is None:
        raise Http404
    proof = signing.page_token(opened(account).secrets["secret"], payment.number, payment.amount_minor)
    if not hmac.compare_digest(proof.encode(), request.GET.get("token", "").encode()):
        raise Http404
    return account, payment
