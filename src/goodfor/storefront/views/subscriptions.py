"""A member's subscriptions: this period's picks, what is charged next, and changing all of it in plain words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.ids import secret_token
from goodfor.orders import queries as orders
from goodfor.storefront.account import account_page
from goodfor.storefront.advice import advice_for
from goodfor.storefront.forms import ids_in, typed
from goodfor.storefront.page import show
from goodfor.storefront.subscribing import (
    PERIODS,
    STATES,
    WHYS,
    chosen_way,
    cycle_words,
    for_account,
    goods_in,
    signing_request,
    to_sign,
    ways,
)
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.cancel import cancel, keep
from goodfor.subscriptions.operations.change_plan import change_next, upgrade
from goodfor.subscriptions.operations.pause import pause, resume
from goodfor.subscriptions.operations.sign import sign_anew
from goodfor.subscriptions.types import PlanView, SubscriptionView


@account_page()
def mine(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """All, live ones first."""
    now = utc_now()
    rows = [
        (view, STATES[view.state], subscriptions.next_charge(shop.id, view))
        for view in subscriptions.subscriptions_of(shop.id, buyer.buyer_id, now)
        if view.why != states.NOT_SIGNED
    ]
    return show(request, "account/subscriptions", {"rows": rows, "on": subscriptions.is_on(shop.id), "tab": "me"})


@account_page()
def one(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, subscription_id: UUID) -> HttpResponse:
    """One of them."""
    return subscription_page(request, shop, buyer, subscription_id)


@account_page()
def state(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, subscription_id: UUID) -> HttpResponse:  # noqa: ARG001
    """Only its state, for the page that waits for the channel."""
    view = subscriptions.subscription(shop.id, subscription_id, utc_now(), buyer.buyer_id)
    return JsonResponse({"state": view.state})


@account_page("POST")
def change(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, subscription_id: UUID) -> HttpResponse:
    """`act`: cancel, keep, pause (`days`), resume, upgrade or next (`plan`)."""
    what, now = request.POST.get("act", ""), utc_now()
    asked: dict[str, Any] = {
        "shop_id": shop.id, "subscription_id": subscription_id, "owner": buyer.buyer_id, "now": now,
    }  # fmt: skip
    try:
        _do(request, what, asked)
    except DomainError as error:
        return subscription_page(request, shop, buyer, subscription_id, error=error)
    return redirect("storefront:me_subscription", subscription_id=subscription_id)


@account_page("POST")
def sign_again(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, subscription_id: UUID) -> HttpResponse:
    """Another consent for what goes on: the old one is over, or allows too little."""
    now = utc_now()
    view = subscriptions.subscription(shop.id, subscription_id, now, buyer.buyer_id)
    way = chosen_way(request, ways(shop, view.terms.price.currency))
    back = reverse("storefront:me_subscription", args=[view.id])
    if way is None:
        return redirect(back)
    asked = signing_request(request, shop, buyer, view.plan.name, back)
    try:
        begun = sign_anew(
            shop_id=shop.id, subscription_id=view.id, owner=buyer.buyer_id, account_id=way.account_id,
            request=for_account(asked, shop, way.account_id), now=now,
        )  # fmt: skip
    except DomainError as error:
        return subscription_page(request, shop, buyer, subscription_id, error=error)
    return to_sign(request, view.plan, way, begun.instruction, back)


def subscription_page(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, subscription_id: UUID, *,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of one. Raises SubscriptionNotFound."""
    now = utc_now()
    view = subscriptions.subscription(shop.id, subscription_id, now, buyer.buyer_id)
    period = subscriptions.open_period(shop.id, view.id, now) if view.state != states.AWAITING else None
    open_picks = period if period is not None and period.open else None
    periods = subscriptions.periods(shop.id, view.id, now)
    picks = subscriptions.picks(shop.id, view.id)[:30]
    context: dict[str, Any] = {
        "view": view,
        "state": STATES[view.state],
        "why": WHYS.get(view.why, ""),
        "cycle": cycle_words(view.terms.months),
        "period": period,
        "open": open_picks,
        "goods": goods_in(shop.id, subscriptions.open_goods(shop.id, view.id, now)) if open_picks else [],
        "key": secret_token(20),
        "next": subscriptions.next_charge(shop.id, view),
        "periods": [(row, PERIODS[row.state]) for row in periods],
        "picks": [(made, orders.order_view(shop.id, made.order_id)) for made in picks],
        "waits": view.state == states.AWAITING,
        **_choices(shop, view, now),
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "me",
    }
    return show(request, "account/subscription", context, status=error.http_status if error else 200)


def _choices(shop: ShopView, view: SubscriptionView, now: datetime) -> dict[str, Any]:
    """What can be changed now."""
    active = view.state == states.ACTIVE and not view.stops and not view.mandate_over
    lives = view.state in (states.ACTIVE, states.PAST_DUE, states.PAUSED)
    paid = view.paid_until is not None and view.paid_until > now
    others: list[PlanView] = []
    if view.state in (states.ACTIVE, states.PAUSED) and not view.stops:
        price = view.terms.price
        others = [
            one for one in subscriptions.plans(shop.id, on_sale=True)
            if one.id != view.plan.id and one.terms.price.currency == price.currency
        ]  # fmt: skip
    return {
        "may_cancel": lives and not view.stops,
        "may_keep": view.state in (states.ACTIVE, states.PAUSED) and view.stops and paid,
        "may_pause": active and not view.pausing and view.pause_left > 0,
        "may_resume": view.state in (states.ACTIVE, states.PAUSED) and view.pausing and not view.stops
        and not view.mandate_over,
        "others": [(one, one.terms.price > view.terms.price and active and not view.pausing) for one in others],
        "ways": ways(shop, view.terms.price.currency) if lives and not view.stops else [],
    }  # fmt: skip


def _do(request: HttpRequest, what: str, asked: dict[str, Any]) -> None:
    if what in ("cancel", "keep", "resume"):
        {"cancel": cancel, "keep": keep, "resume": resume}[what](**asked)
    elif what == "pause":
        days = typed(request.POST.get("days", ""), 3)
        pause(**asked, days=int(days) if days.isascii() and days.isdigit() else 0)
    elif what in ("upgrade", "next"):
        plan_id = next(iter(ids_in([request.POST.get("plan", "")], 1)), None)
        if plan_id is None:
            raise InvalidInput
        (upgrade if what == "upgrade" else change_next)(**asked, plan_id=plan_id)
    else:
        raise InvalidInput
