"""The invoice of an order: asked for once, seen, taken back before it is written."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity.types import ShopView
from goodfor.invoices.operations import request_invoice, withdraw_invoice
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.invoicing import KINDS, REFUSALS, InvoiceForm, first_form, may_ask, shown_invoices
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.ownership import actor, grant_for, look_up_first
from goodfor.storefront.page import page, show
from goodfor.storefront.types import Grant

HOUR = timedelta(hours=1)
ASKED_PER_ADDRESS, ASKED_PER_ORDER = 30, 8


@page("GET", "POST", private=True)
def invoice(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """What there is, and the form where something may be asked for. `act`: ask, or withdraw (with `invoice`)."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup") if request.method == "POST" else look_up_first(number, "")
    if request.method != "POST":
        return _page(request, shop, grant, first_form(shop.id, grant.order_id))
    if request.POST.get("act") == "withdraw":
        return _withdraw(request, shop, grant)
    form = InvoiceForm(request.POST)
    if not form.is_valid():
        return _page(request, shop, grant, form, status=422)
    now = utc_now()
    try:
        _count(request, shop, number)
        request_invoice(
            shop_id=shop.id, order_id=grant.order_id, title=form.asked, actor=actor(grant), now=now, cause="buyer"
        )
    except DomainError as error:
        return _page(request, shop, grant, form, error)
    return redirect("storefront:invoice", number=number)


def _withdraw(request: HttpRequest, shop: ShopView, grant: Grant) -> HttpResponse:
    """Only one of this very order."""
    wanted = request.POST.get("invoice", "")
    found = next((one for one in shown_invoices(shop.id, grant.order_id) if str(one.one.id) == wanted), None)
    if found is None:
        raise NotFound
    try:
        withdraw_invoice(shop_id=shop.id, invoice_id=UUID(wanted), actor=actor(grant), now=utc_now())
    except DomainError as error:
        return _page(request, shop, grant, first_form(shop.id, grant.order_id), error)
    return redirect("storefront:invoice", number=grant.number)


def _count(request: HttpRequest, shop: ShopView, number: str) -> None:
    now, ip = utc_now(), client_ip(request)
    for scope, subject, limit in (
        ("invoice.ip", ip, ASKED_PER_ADDRESS),
        ("invoice.order", f"{ip}|{number}", ASKED_PER_ORDER),
    ):
        count_attempt(shop_id=shop.id, scope=scope, subject=subject, limit=limit, window=HOUR, now=now)


def _page(
    request: HttpRequest,
    shop: ShopView,
    grant: Grant,
    form: InvoiceForm,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = may_ask(shop.id, grant.order_id)
    context = {
        "order": orders.order_view(shop.id, grant.order_id),
        "shown": shown_invoices(shop.id, grant.order_id),
        "asked": Money(asked.left_minor, asked.currency) if not asked.refusal else None,
        "refusal": REFUSALS.get(asked.refusal, ""),
        "form": form,
        "kinds": KINDS,
        "kind": form["kind"].value(),
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "orders",
    }
    return show(request, "invoice", context, status=error.http_status if error else status)
