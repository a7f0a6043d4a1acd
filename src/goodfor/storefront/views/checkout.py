"""Checkout on one page: place the order and go to pay."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import ProductView
from goodfor.identity.errors import InvalidProfile
from goodfor.identity.operations.save_account import save_account
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.insights.types import CHECKED_OUT
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.orders.errors import PriceChanged
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.place_with_points import place_with_points
from goodfor.orders.types import DIRECT, LineRequest
from goodfor.referrals import queries as referrals
from goodfor.storefront.account import current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.balance import methods_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.deals import Bill, bill_of, buyer_here
from goodfor.storefront.errors import PromiseChanged
from goodfor.storefront.forms import CheckoutForm, QuantityForm, contact_or_none, typed
from goodfor.storefront.grants import buyer_ref, remember, remember_buyer
from goodfor.storefront.inviting import attributed, check_typed
from goodfor.storefront.judged_sales import judged_order
from goodfor.storefront.judging import noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.points import meets_part
from goodfor.storefront.promised import Promised, promised_for
from goodfor.storefront.queries import Offer, offers
from goodfor.storefront.saved import contacts_of
from goodfor.storefront.sold_out import late_or_early, let_in
from goodfor.storefront.top_ups import TopUpForm, top_up_form
from goodfor.storefront.types import Grant
from goodfor.storefront.views.payment import begin_payment, to_pay

#: Orders from one address, paid or not: a household, a school and a busy afternoon fit in.
PLACED_AN_HOUR = 120
#: Fields that are looked at while they are typed.
CHECKED_AN_HOUR = 600
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Basket:
    """What is about to be ordered."""

    product: ProductView
    offer: Offer
    quantity: int
    promise: Promised | None = None
    bill: Bill | None = None

    @property
    def total(self) -> Money:
        """What it costs, with what campaigns take off."""
        return self.bill.total if self.bill else self.listed

    @property
    def listed(self) -> Money:
        """Price times quantity."""
        return self.offer.sku.price * self.quantity


@page("GET", "POST", private=True, counts=CHECKED_OUT)
def checkout(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Show what is being bought and what it costs; on POST place the order and start its payment."""
    asked = request.POST if request.method == "POST" else request.GET
    if (answer := late_or_early(request, shop, asked, utc_now())) is not None:
        return answer
    with let_in(request, asked):
        return _checkout(request, shop, asked)


def _checkout(request: HttpRequest, shop: ShopView, asked: QueryDict) -> HttpResponse:
    basket = _basket(shop.id, asked.get("p", ""), asked.get("sku", ""), asked.get("qty", "1"))
    basket = replace(basket, promise=promised_for(shop.id, basket.product, basket.offer.sku, utc_now()))
    basket = _billed(request, shop, basket)
    methods = methods_for(request, shop, basket.total)
    options: dict[str, Any] = {
        "methods": methods,
        "invoices": bool(shop.settings.get("invoices")),
        "invites": current(request, shop) is not None and referrals.is_on(shop.id, utc_now()),
        "saved": contacts_of(current(request, shop)),
    }
    top_up = _top_up(request, shop, basket)
    if request.method != "POST":
        first = methods[0][0] if methods else ""
        known = options["saved"].choices
        # One is filled in; of several one is picked, and what is typed goes before it.
        initial = {"method": first, "contact": known[0].value if len(known) == 1 else ""}
        return _show(request, basket, methods, CheckoutForm(initial=initial, **options), top_up=top_up)
    if "update" in request.POST:
        # Only the price is asked for again; what was typed stays as it is.
        typed_so_far = CheckoutForm(initial=request.POST.dict(), **options)
        return _show(request, basket, methods, typed_so_far, top_up=top_up)
    form = CheckoutForm(request.POST, **options)
    well = form.is_valid()
    if not (top_up is None or top_up.judge(utc_now(), remote=well)) or not well:
        return _show(request, basket, methods, form, top_up=top_up, status=422)
    if (now_costs := _dearer(request, shop, basket, form)) is not None:
        basket, changed = now_costs
        return _show(request, basket, methods, form, top_up=top_up, error=changed, status=changed.http_status)
    try:
        return _place(request, shop, basket, form, top_up)
    except DomainError as error:
        basket = _billed(request, shop, basket, form.chosen_contact)
        return _show(request, basket, methods, form, top_up=top_up, error=error, status=error.http_status)


@page("POST", private=True)
def check(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """What is wrong with the fields of a top-up, for our own script while they are typed. Nothing is kept of them."""
    basket = _basket(shop.id, request.POST.get("p", ""), request.POST.get("sku", ""), "1")
    top_up = _top_up(request, shop, basket)
    if top_up is None:
        raise NotFound
    now = utc_now()
    count_attempt(
        shop_id=shop.id, scope="check", subject=client_ip(request), limit=CHECKED_AN_HOUR, window=HOUR, now=now
    )
    top_up.judge(now, remote=request.POST.get("done") == "1")
    return JsonResponse({"fields": {one.name: {"error": one.error, "note": one.note} for one in top_up.fields}})


def _top_up(request: HttpRequest, shop: ShopView, basket: Basket) -> TopUpForm | None:
    if basket.offer.sku.delivery_kind != DIRECT:
        return None
    return top_up_form(shop.id, basket.offer.sku.id, request.POST, current(request, shop))


def _billed(request: HttpRequest, shop: ShopView, basket: Basket, contact: str = "") -> Basket:
    """With its price for whoever asks."""
    asked = request.POST if request.method == "POST" else request.GET
    lines = [LineRequest(basket.offer.sku.id, basket.quantity)]
    bill = bill_of(shop, lines, basket.listed, buyer_here(request, shop, contact=contact), asked, utc_now())
    return replace(basket, bill=bill)


def _dearer(
    request: HttpRequest, shop: ShopView, basket: Basket, form: CheckoutForm
) -> tuple[Basket, PriceChanged] | None:
    """What it costs now, where that is not what the page has shown: known before anything is counted, judged, locked.

    None: go on. Under a lock it is looked at again.
    """
    seen = _seen(request)
    if seen is None or basket.bill is None or basket.bill.told is None or seen == basket.total.amount_minor:
        return None
    if form.chosen_contact:
        # By his telephone somebody may have had what the browser alone would still be given.
        basket = _billed(request, shop, basket, form.chosen_contact)
    told = basket.bill.told if basket.bill else None
    if told is None or seen == basket.total.amount_minor:
        return None
    return basket, PriceChanged(told)


def _seen(request: HttpRequest) -> int | None:
    """The total that the page has shown, in minor units."""
    return _number(request, "seen")


def _number(request: HttpRequest, name: str) -> int | None:
    """A whole number that the page was made with: a price, or `points` that are to meet a part of it."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 16 else None


def _place(
    request: HttpRequest, shop: ShopView, basket: Basket, form: CheckoutForm, top_up: TopUpForm | None
) -> HttpResponse:
    if basket.promise and request.POST.get("promise", basket.promise.mark) != basket.promise.mark:
        # Another promise came into force while this page was open: what binds is what the buyer has seen.
        raise PromiseChanged
    now, ip, buyer = utc_now(), client_ip(request), current(request, shop)
    ref = buyer.ref if buyer else buyer_ref(request, shop.id)
    check_typed(request, shop, buyer, now)
    # What was cancelled is not open any more, but each placing leaves its trace: so many an hour are enough.
    count_attempt(shop_id=shop.id, scope="place", subject=ip, limit=PLACED_AN_HOUR, window=HOUR, now=now)
    order_id = uuid7()
    judged = judged_order(
        request, shop, order_id=order_id, ref=ref, contact=form.chosen_contact, offer=basket.offer,
        quantity=basket.quantity, category=basket.product.category.slug,
    )  # fmt: skip
    if judged.answer is not None:
        return judged.answer
    wish: dict[str, Any] = {
        "shop_id": shop.id,
        "lines": [LineRequest(basket.offer.sku.id, basket.quantity, top_up.filled if top_up else {})],
        "buyer": replace(buyer_here(request, shop, ref, form.chosen_contact), invoice=form.invoice),
        "channel": "storefront",
        "hold": judged.hold,
        "order_id": order_id,
        "coupons": basket.bill.coupons if basket.bill and request.POST.get("coupons") == "1" else (),
        "now": now,
    }
    points = _number(request, "points") or 0
    if points and buyer is not None:
        expect = _number(request, "priced") or 0
        placed = place_with_points(**wish, owner=buyer.buyer_id, points=points, expect_minor=expect)
    else:
        placed = place_order(**wish, expect_minor=_seen(request))
    noted(judged, good=True)
    attributed(request, shop, buyer, placed.order_id, form.chosen_contact, now)
    _save(buyer, form.to_save, now)
    _save(buyer, top_up.to_save if top_up else "", now)
    # The order stands whatever the channel answers: from here on its own page takes over.
    response = to_pay(placed.number)
    remember(response, request, shop.id, Grant(placed.order_id, placed.number, now), placed.secret)
    if buyer is None:
        remember_buyer(response, request, shop.id, ref)
    begin_payment(request, response, shop, placed.order_id, placed.number, form.cleaned_data["method"])
    return response


def _save(buyer: SignedInBuyer | None, value: str, now: datetime) -> None:
    """Keep the contact or account that the buyer asked to keep. The order stands, whatever comes of it."""
    if buyer is None or not value:
        return
    label = _("邮箱") if "@" in value else _("手机号") if contact_or_none(value) else _("充值账号")
    with suppress(InvalidProfile):
        save_account(buyer=buyer, label=label, value=value, now=now)


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
    top_up: TopUpForm | None = None,
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
        "saved": form.saved,
        "top_up": top_up,
        "part": meets_part(request, request.shop, basket.total, basket.quantity, utc_now()),  # type: ignore[attr-defined]
        "with_points": bool(_number(request, "points")),
        "used": str(form["use"].value() or "") if form.is_bound else next((c.key for c in form.saved.choices), ""),
    }
    return show(request, "checkout", context, status=status)
