"""The page of the built-in sandbox channel: one button that pays. Mounted only where the sandbox is switched on."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goodfor.kernel.clock import utc_now
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.operations.sandbox_consents import sign_consent

_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><main><h1>{title}</h1><p>{number}</p><form method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="{token}"><button>{title}</button></form></main></html>"""


def plainly(response: HttpResponse) -> HttpResponse:
    """What a page of the stand-ins says to the browser: it shows words and a form, runs nothing, stands in no frame."""
    policy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    response["Content-Security-Policy"] = policy
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
def sandbox_pay(request: HttpRequest, shop_id: UUID, number: str) -> HttpResponse:
    """Show the button, or pay the trade or sign the consent; the poller finds it, as at a silent channel."""
    consent = number.startswith("M")
    if request.method == "POST" and consent:
        back = sign_consent(shop_id=shop_id, number=number)
        if back is not None and url_has_allowed_host_and_scheme(back, {request.get_host()}):
            return HttpResponseRedirect(back)
        return HttpResponse("fail" if back is None else "success", status=409 if back is None else 200)
    if request.method == "POST":
        paid = pay_trade(shop_id=shop_id, number=number, now=utc_now())
        return HttpResponse("success" if paid else "fail", status=200 if paid else 409, content_type="text/plain")
    response = HttpResponse(
        format_html(_PAGE, title=_("模拟签约") if consent else _("模拟支付"), number=number, token=get_token(request))
    )
    return plainly(response)
