"""Checkout on one page: place the order and go to pay."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import ProductView
from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer, LineRequest
from goodfor.storefront.account import current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.forms import CheckoutForm, QuantityForm, typed
from goodfor.storefront.grants import buyer_ref, remember, remember_buyer
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.queries import Offer, offers
from goodfor.storefront.types import Grant
from goodfor.storefront.views.payment import begin_payment, to_pay

#: Orders from one address, paid or not: a household, a school and a busy afternoon fit in.
PLACED_AN_HOUR = 120
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Basket:
    """What is about to be ordered."""

    product: ProductView
    offer: Offer
    quantity: int

    @property
    def total(self) -> Money:
        """Price times quantity."""
        return self.offer.sku.price * self.quantity


@page("GET", "POST", private=True)
def checkout(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Show what is being bought and what it costs; on POST place the order and start its payment."""
    asked = request.POST if request.method == "POST" else request.GET
    basket = _basket(shop.id, asked.get("p", ""), asked.get("sku", ""), asked.get("qty", "1"))
    methods = [
        (method.code, method.label) for method in orders.payment_methods(shop.id, basket.offer.sku.price.currency)
    ]
    invoices = bool(shop.settings.get("invoices"))
    if request.method != "POST":
        first = methods[0][0] if methods else ""
        initial = {"method": first, "contact": _own_contact(request, shop)}
        return _show(request, basket, methods, CheckoutForm(methods=methods, invoices=invoices, initial=initial))
    form = CheckoutForm(request.POST, methods=methods, invoices=invoices)
    if not form.is_valid():
        return _show(request, basket, methods, form, status=422)
    try:
        return _place(request, shop, basket, form)
    except DomainError as error:
        return _show(request, basket, methods, form, error=error, status=error.http_status)


def _place(request: HttpRequest, shop: ShopView, basket: Basket, form: CheckoutForm) -> HttpResponse:
    now, ip, buyer = utc_now(), client_ip(request), current(request, shop)
    ref = buyer.ref if buyer else buyer_ref(request, shop.id)
    # What was cancelled is not open any more, but each placing leaves its trace: so many an hour are enough.
    count_attempt(shop_id=shop.id, scope="place", subject=ip, limit=PLACED_AN_HOUR, window=HOUR, now=now)
    placed = place_order(
        shop_id=shop.id,
        lines=[LineRequest(sku_id=basket.offer.sku.id, quantity=basket.quantity)],
        buyer=Buyer(
            ref=ref,
            contact=form.cleaned_data["contact"],
            ip=ip,
            locale=translation.get_language() or "zh-hans",
            invoice=form.invoice,
        ),
        channel="storefront",
        now=now,
    )
    # The order stands whatever the channel answers: from here on its own page takes over.
    response = to_pay(placed.number)
    remember(response, request, shop.id, Grant(placed.order_id, placed.number, now), placed.secret)
    if buyer is None:
        remember_buyer(response, request, shop.id, ref)
    begin_payment(request, response, shop, placed.order_id, placed.number, form.cleaned_data["method"])
    return response


def _own_contact(request: HttpRequest, shop: ShopView) -> str:
    """The signed-in buyer's e-mail address or telephone number, to be left or changed."""
    buyer = current(request, shop)
    if buyer is None:
        return ""
    found = [identity.contact_of_buyer(shop.id, buyer.buyer_id, kind) for kind in ("email", "phone")]
    return next((contact.value for contact in found if contact), "")


def _basket(shop_id: UUID, slug: str, sku_id: str, quantity: str) -> Basket:
    product = catalog.get_product(shop_id, typed(slug))
    offer = next((offer for offer in offers(shop_id, product) if str(offer.sku.id) == sku_id), None)
    if offer is None:
        raise NotFound
    form = QuantityForm({"quantity": quantity})
    return Basket(product, offer, form.cleaned_data["quantity"] if form.is_valid() else 1)


def _show(
    request: HttpRequest,
    basket: Basket,
    methods: list[tuple[str, str]],
    form: CheckoutForm,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "basket": basket,
        "methods": methods,
        "form": form,
        "error": error,
        "advice": advice_for(error) if error else "",
        "picked": str(form["method"].value() or ""),
    }
    return show(request, "checkout", context, status=status)
