"""Checkout of a group or a bargain: one SKU at its price, and the order waits for the group."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from goodfor.identity.types import ShopView
from goodfor.insights.types import CHECKED_OUT
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.quote import quote
from goodfor.orders.types import DIRECT, Buyer, LineRequest, Quote
from goodfor.promotions import choosing, group_queries
from goodfor.promotions.errors import PlayNotFound, choice_failed
from goodfor.promotions.persons import names_of
from goodfor.promotions.plays import GROUP_PLAY, group_play
from goodfor.promotions.types import BY_BARGAIN, BY_GROUP, ChoiceRequest, GroupPlay, GroupView
from goodfor.storefront.account import current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.balance import methods_for
from goodfor.storefront.deals import buyer_here
from goodfor.storefront.forms import CheckoutForm, QuantityForm, ids_in
from goodfor.storefront.grants import buyer_ref, remember, remember_buyer
from goodfor.storefront.judged_sales import judged_order
from goodfor.storefront.judging import noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.persons import cluster, names_of_visitor
from goodfor.storefront.plays import Goods, goods_of
from goodfor.storefront.saved import contacts_of
from goodfor.storefront.top_ups import TopUpForm, top_up_form
from goodfor.storefront.types import Grant
from goodfor.storefront.views.checkout import HOUR, PLACED_AN_HOUR
from goodfor.storefront.views.payment import begin_payment, to_pay


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is about to be ordered, by whom, and what it costs now."""

    asked: ChoiceRequest
    goods: Goods
    quantity: int
    buyer: Buyer
    quoted: Quote
    play: GroupPlay | None
    #: The group that is joined: its size and its end were settled when it began.
    group: GroupView | None


@page("GET", "POST", private=True, counts=CHECKED_OUT)
def checkout(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """What is bought together, what it costs, and what happens if others do not come; on POST it is ordered."""
    chosen = _chosen(request, shop)
    methods = methods_for(request, shop, chosen.quoted.total)
    options: dict[str, Any] = {
        "methods": methods,
        "invoices": bool(shop.settings.get("invoices")),
        "saved": contacts_of(current(request, shop)),
    }
    top_up = None
    if chosen.goods.sku.delivery_kind == DIRECT:
        top_up = top_up_form(shop.id, chosen.goods.sku.id, request.POST, current(request, shop))
    if request.method != "POST":
        known = options["saved"].choices
        initial = {"method": methods[0][0] if methods else "", "contact": known[0].value if len(known) == 1 else ""}
        return _show(request, chosen, CheckoutForm(initial=initial, **options), top_up)
    form = CheckoutForm(request.POST, **options)
    well = form.is_valid()
    if not (top_up is None or top_up.judge(utc_now(), remote=well)) or not well:
        return _show(request, chosen, form, top_up, status=422)
    try:
        return _place(request, shop, chosen, form, top_up)
    except DomainError as error:
        return _show(request, chosen, form, top_up, error=error, status=error.http_status)


def _chosen(request: HttpRequest, shop: ShopView) -> Chosen:
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("kind", "")
    found = ids_in([asked.get("campaign", ""), asked.get("sku", "")], 2)
    if kind not in (BY_GROUP, BY_BARGAIN) or len(found) != 2:
        raise PlayNotFound
    one = next(iter(ids_in([asked.get("id", "")], 1)), None)
    request_for = ChoiceRequest(kind, found[0], found[1], one)
    play = group_play(choosing.live_of(shop.id, found[0], GROUP_PLAY).spec) if kind == BY_GROUP else None
    form = QuantityForm({"quantity": asked.get("qty", "1")})
    quantity = form.cleaned_data["quantity"] if form.is_valid() else 1
    account = current(request, shop)
    ref = account.ref if account else buyer_ref(request, shop.id)
    buyer = buyer_here(request, shop, ref)
    buyer = replace(buyer, cluster=cluster(shop.id, ref, buyer.device))
    quoted = quote(
        shop_id=shop.id, lines=[LineRequest(found[1], quantity)], buyer=buyer, choice=request_for, now=utc_now()
    )
    if not any(one.campaign_id == found[0] for one in quoted.taken):
        raise choice_failed(next((one.outcome for one in quoted.trace if one.campaign_id == found[0]), "scope"))
    group = group_queries.group(shop.id, one) if play and one else None
    return Chosen(request_for, goods_of(shop.id, found[1]), quantity, buyer, quoted, play, group)


def _place(
    request: HttpRequest, shop: ShopView, chosen: Chosen, form: CheckoutForm, top_up: TopUpForm | None
) -> HttpResponse:
    now, order_id = utc_now(), uuid7()
    ip, ref = chosen.buyer.ip, chosen.buyer.ref
    count_attempt(shop_id=shop.id, scope="place", subject=ip, limit=PLACED_AN_HOUR, window=HOUR, now=now)
    judged = judged_order(
        request, shop, order_id=order_id, ref=ref, contact=form.chosen_contact, offer=chosen.goods.offer,
        quantity=chosen.quantity, category=chosen.goods.card.category_slug, more=_facts(request, shop, chosen),
    )  # fmt: skip
    if judged.answer is not None:
        return judged.answer
    seen = request.POST.get("seen", "")
    placed = place_order(
        shop_id=shop.id,
        lines=[LineRequest(chosen.goods.sku.id, chosen.quantity, top_up.filled if top_up else {})],
        buyer=replace(chosen.buyer, contact=form.chosen_contact, invoice=form.invoice),
        channel="storefront",
        hold=judged.hold,
        order_id=order_id,
        choice=chosen.asked,
        expect_minor=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else None,
        now=now,
    )  # fmt: skip
    noted(judged, good=True)
    # The order stands whatever the channel answers: from here on its own page takes over.
    response = to_pay(placed.number)
    remember(response, request, shop.id, Grant(placed.order_id, placed.number, now), placed.secret)
    if current(request, shop) is None:
        remember_buyer(response, request, shop.id, ref)
    begin_payment(request, response, shop, placed.order_id, placed.number, form.cleaned_data["method"])
    return response


def _facts(request: HttpRequest, shop: ShopView, chosen: Chosen) -> dict[str, bool | int]:
    if chosen.asked.kind != BY_GROUP:
        return {}
    group_id = chosen.asked.id
    names = names_of(names_of_visitor(request, shop, chosen.buyer.ref))
    same = group_queries.places_of_person(shop.id, group_id, names) if group_id else 0
    return {"group_buy": True, "group_same_cluster": same + 1}


def _show(
    request: HttpRequest, chosen: Chosen, form: CheckoutForm, top_up: TopUpForm | None,
    error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    one: UUID | str = chosen.asked.id or ""
    context = {
        "chosen": chosen,
        "one": one,
        "line": chosen.quoted.lines[0],
        "is_group": chosen.asked.kind == BY_GROUP,
        "methods": form.fields["method"].choices,  # type: ignore[attr-defined]
        "form": form,
        "top_up": top_up,
        "error": error,
        "advice": advice_for(error) if error else "",
        "picked": str(form["method"].value() or ""),
        "saved": form.saved,
        "used": str(form["use"].value() or "") if form.is_bound else next((c.key for c in form.saved.choices), ""),
    }
    return show(request, "play_checkout", context, status=status)
