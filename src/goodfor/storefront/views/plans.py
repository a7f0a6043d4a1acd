"""Plans that members are charged for again and again: the shelf, one of them, and signing for it."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.insights.types import CAME
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import secret_token
from goodfor.storefront.account import account_page, current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.forms import ids_in, typed
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.subscribing import (
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
from goodfor.subscriptions.operations.sign import sign
from goodfor.subscriptions.types import PlanView

SIGNED_AN_HOUR: Final = 20
HOUR: Final = timedelta(hours=1)


@page(private=True, counts=CAME)
def shelf(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """All that are on sale."""
    found = [(view, cycle_words(view.terms.months)) for view in subscriptions.plans(shop.id, on_sale=True)]
    return show(request, "plans", {"plans": found, "tab": "home"})


@page(private=True, counts=CAME)
def plan(request: HttpRequest, shop: ShopView, slug: str) -> HttpResponse:
    """What one gives, what it costs, when it is charged, and how it ends."""
    return _plan(request, shop, subscriptions.plan_by_slug(shop.id, slug))


@account_page("POST")
def sign_plan(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, slug: str) -> HttpResponse:
    """To the channel, where the consent is given; `terms`: what the page showed."""
    view, now = subscriptions.plan_by_slug(shop.id, slug), utc_now()
    count_attempt(shop_id=shop.id, scope="sign", subject=client_ip(request), limit=SIGNED_AN_HOUR, window=HOUR, now=now)
    shown = next(iter(ids_in([request.POST.get("terms", "")], 1)), None)
    way = chosen_way(request, ways(shop, view.terms.price.currency))
    if way is None or shown != view.terms.id or request.POST.get("agree") != "1":
        return _plan(request, shop, view, missing=True, status=422)
    asked = signing_request(request, shop, buyer, view.name, reverse("storefront:me_subscriptions"))
    try:
        begun = sign(
            shop_id=shop.id, plan_id=view.id, owner=buyer.buyer_id, account_id=way.account_id,
            request=for_account(asked, shop, way.account_id), request_key=typed(request.POST.get("key", ""), 40),
            accepted=view.terms.id, now=now,
        )  # fmt: skip
    except DomainError as error:
        return _plan(request, shop, view, error=error, status=error.http_status)
    back = reverse("storefront:me_subscription", args=[begun.subscription_id])
    return to_sign(request, view, way, begun.instruction, back)


def _plan(
    request: HttpRequest, shop: ShopView, view: PlanView, *, error: DomainError | None = None, missing: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    buyer, now = current(request, shop), utc_now()
    mine = subscriptions.subscriptions_of(shop.id, buyer.buyer_id, now) if buyer else []
    live = [one for one in mine if one.plan.id == view.id and one.state not in (states.ENDED, states.AWAITING)]
    goods = goods_in(shop.id, view.terms.skus)
    context = {
        "view": view,
        "cycle": cycle_words(view.terms.months),
        "most": subscriptions.most_charged(shop.id, view),
        "goods": goods,
        "default": next((one for one in goods if one.sku.id == view.terms.default_sku), None),
        "ways": ways(shop, view.terms.price.currency),
        "mine": live[0] if live else None,
        "signed_in": buyer is not None,
        "key": secret_token(20),
        "missing": missing,
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "home",
    }
    return show(request, "plan", context, status=status)
