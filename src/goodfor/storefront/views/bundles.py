"""Bundles: the shelf of them, one bundle with its tokens and choices, and its checkout."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from goodfor.identity.errors import InvalidProfile
from goodfor.identity.operations.save_account import save_account
from goodfor.identity.types import ShopView
from goodfor.insights.types import CAME, CHECKED_OUT, LOOKED
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions.errors import BundleNotOnSale, BundleUnknown
from goodfor.storefront.account import current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.balance import methods_for
from goodfor.storefront.bundles import BundleOffer, cards_of, lines_of, offer_of, picks_in, quoted, sets_in
from goodfor.storefront.client import client_ip, face_of
from goodfor.storefront.deals import Bill, bill_of
from goodfor.storefront.devices import own_id
from goodfor.storefront.forms import CheckoutForm, typed
from goodfor.storefront.grants import buyer_ref, remember, remember_buyer
from goodfor.storefront.judged_sales import judged_bundle
from goodfor.storefront.judging import noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.promised import Promised, promised_for_goods
from goodfor.storefront.saved import contacts_of
from goodfor.storefront.types import Grant
from goodfor.storefront.views.checkout import HOUR, PLACED_AN_HOUR
from goodfor.storefront.views.payment import begin_payment, to_pay


@page(counts=CAME)
def shelf(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """All bundles on sale."""
    cards = cards_of(shop.id, bundles.bundles(shop.id))
    return show(request, "bundles", {"cards": cards, "title": _("组合"), "tab": "categories"})


@page(counts=LOOKED)
def bundle(request: HttpRequest, shop: ShopView, slug: str) -> HttpResponse:
    """One bundle: its parts, what may be picked, what the picks cost; without a script by a form that asks again."""
    offer = _offer(request, shop, slug)
    spec = offer.view.spec
    context = {
        "offer": offer,
        "asked": "sets" in request.GET,
        "title": spec.title,
        "description": spec.summary,
        "tab": "categories",
        "og_type": "product",
    }
    return show(request, "bundle", context)


@page("GET", "POST", private=True, counts=CHECKED_OUT)
def checkout(request: HttpRequest, shop: ShopView, slug: str) -> HttpResponse:
    """What is in it and what it costs; on POST place the order and start its payment."""
    offer, bill = _billed(request, shop, _offer(request, shop, slug))
    if offer.wish is None:
        return show(request, "bundle", {"offer": offer, "asked": True, "title": offer.view.spec.title}, status=422)
    methods = methods_for(request, shop, offer.total)
    options: dict[str, Any] = {
        "methods": methods,
        "invoices": bool(shop.settings.get("invoices")),
        "saved": contacts_of(current(request, shop)),
    }
    if request.method != "POST":
        known = options["saved"].choices
        initial = {
            "method": methods[0][0] if methods else "",
            "contact": known[0].value if len(known) == 1 else "",
        }
        return _show(request, shop, offer, CheckoutForm(initial=initial, **options), bill)
    if "update" in request.POST:
        # Only the price is asked for again; what was typed stays as it is.
        return _show(request, shop, offer, CheckoutForm(initial=request.POST.dict(), **options), bill)
    form = CheckoutForm(request.POST, **options)
    if not form.is_valid():
        return _show(request, shop, offer, form, bill, status=422)
    # By whom he says that he is, too, campaigns may count.
    offer, bill = _billed(request, shop, offer, form.chosen_contact)
    try:
        if request.POST.get("seen", "") != _mark(shop, offer):
            # Another revision is on sale, or a part costs something else: what binds is what the buyer has seen.
            raise BundleNotOnSale
        return _place(request, shop, offer, form, bill)
    except DomainError as error:
        offer, bill = _billed(request, shop, offer, form.chosen_contact)
        return _show(request, shop, offer, form, bill, error=error, status=error.http_status)


def _offer(request: HttpRequest, shop: ShopView, slug: str) -> BundleOffer:
    asked = request.POST if request.method == "POST" else request.GET
    view = bundles.bundle_by_slug(shop.id, typed(slug))
    offer = offer_of(shop.id, view, picks_in(asked), sets_in(asked.get("sets", "1")))
    if offer is None:
        raise BundleUnknown
    return quoted(shop.id, offer, _buyer(request, _ref(request, shop)), utc_now())


def _billed(
    request: HttpRequest, shop: ShopView, offer: BundleOffer, contact: str = ""
) -> tuple[BundleOffer, Bill | None]:
    """At what an order of it costs with the coupons that were picked; None: no campaign has anything to do with it."""
    if offer.wish is None:
        return offer, None
    asked = request.POST if request.method == "POST" else request.GET
    buyer = replace(_buyer(request, _ref(request, shop)), contact=contact)
    bill = bill_of(shop, lines_of(offer.wish), offer.listed, buyer, asked, utc_now())
    return (offer, None) if bill.plain else (replace(offer, total=bill.total, off=bill.off), bill)


def _ref(request: HttpRequest, shop: ShopView) -> str:
    """A browser without a name gets a new one each time it is asked."""
    buyer = current(request, shop)
    return buyer.ref if buyer else buyer_ref(request, shop.id)


def _buyer(request: HttpRequest, ref: str, form: CheckoutForm | None = None) -> Buyer:
    """Whoever asks, by all that is known of him here."""
    return Buyer(
        ref=ref,
        contact=form.chosen_contact if form else "",
        ip=client_ip(request),
        locale=translation.get_language() or "zh-hans",
        invoice=form.invoice if form else None,
        device=own_id(request),
        face=face_of(request),
    )


def _promises(shop: ShopView, offer: BundleOffer) -> list[Promised]:
    goods = [(f"{one.card.name} {one.sku.name}", one.sku) for one in offer.lines]
    return promised_for_goods(shop.id, goods, utc_now())


def _mark(shop: ShopView, offer: BundleOffer) -> str:
    """Names what the page shows: revision, promises and total."""
    promises = "/".join(sorted({one.mark for one in _promises(shop, offer)}))
    return f"{offer.view.number}:{promises}:{offer.total.amount_minor}"


def _place(
    request: HttpRequest, shop: ShopView, offer: BundleOffer, form: CheckoutForm, bill: Bill | None
) -> HttpResponse:
    now, ip, buyer = utc_now(), client_ip(request), current(request, shop)
    ref = _ref(request, shop)
    count_attempt(shop_id=shop.id, scope="place", subject=ip, limit=PLACED_AN_HOUR, window=HOUR, now=now)
    wish, order_id = offer.wish, uuid7()
    assert wish is not None
    judged = judged_bundle(
        request, shop, order_id=order_id, ref=ref, contact=form.chosen_contact, wish=wish, total=offer.total
    )
    if judged.answer is not None:
        return judged.answer
    placed = place_order(
        shop_id=shop.id,
        lines=lines_of(wish),
        buyer=_buyer(request, ref, form),
        channel="storefront",
        hold=judged.hold,
        order_id=order_id,
        coupons=bill.coupons if bill and request.POST.get("coupons") == "1" else (),
        expect_minor=offer.total.amount_minor,
        now=now,
    )
    noted(judged, good=True)
    if buyer is not None and form.to_save:
        with suppress(InvalidProfile):
            label = _("邮箱") if "@" in form.to_save else _("手机号")
            save_account(buyer=buyer, label=label, value=form.to_save, now=now)
    # The order stands whatever the channel answers: from here on its own page takes over.
    response = to_pay(placed.number)
    remember(response, request, shop.id, Grant(placed.order_id, placed.number, now), placed.secret)
    if buyer is None:
        remember_buyer(response, request, shop.id, ref)
    begin_payment(request, response, shop, placed.order_id, placed.number, form.cleaned_data["method"])
    return response


def _show(
    request: HttpRequest, shop: ShopView, offer: BundleOffer, form: CheckoutForm, bill: Bill | None,
    error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "offer": offer,
        "bill": bill,
        "mark": _mark(shop, offer),
        "promises": _promises(shop, offer),
        "methods": form.fields["method"].choices,  # type: ignore[attr-defined]
        "form": form,
        "error": error,
        "advice": advice_for(error) if error else "",
        "picked": str(form["method"].value() or ""),
        "saved": form.saved,
        "used": str(form["use"].value() or "") if form.is_bound else next((c.key for c in form.saved.choices), ""),
    }
    return show(request, "bundle_checkout", context, status=status)
