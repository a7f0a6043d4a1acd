"""Which order this browser may see: by its own proof (number and secret), or because its buyer's account has it."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import NotFound
from goodfor.orders import queries as orders
from goodfor.storefront import grants
from goodfor.storefront.account import current
from goodfor.storefront.grants import NEVER
from goodfor.storefront.types import Grant

#: What a look-up leads on to, beside the order itself.
CLAIM = "claim"


def grant_for(request: HttpRequest, shop: ShopView, number: str) -> Grant | None:
    """The grant on an order number; of two, the one that is fresh."""
    by_secret = grants.grant_for(request, shop.id, number)
    if by_secret is not None and grants.is_fresh(by_secret, utc_now()):
        return by_secret
    buyer = current(request, shop)
    return (by_account(shop, buyer, number) if buyer else None) or by_secret


def by_account(shop: ShopView, buyer: SignedInBuyer, number: str) -> Grant | None:
    """The grant of a signed-in buyer on an own order: as fresh as the buyer's last proof."""
    try:
        order = orders.order_of_buyer(shop.id, buyer.ref, number)
    except NotFound:
        return None
    return Grant(order.id, order.number, buyer.proved_at or NEVER, buyer_id=buyer.buyer_id)


def owner_of(request: HttpRequest, shop: ShopView, number: str) -> Grant | None:
    """The grant of the account that is signed in here, if the order is in it, whatever else this browser has proved."""
    buyer = current(request, shop)
    return by_account(shop, buyer, number) if buyer else None


def actor(grant: Grant) -> str:
    """Who acts, for the audit trail."""
    return f"buyer:{grant.buyer_id}" if grant.buyer_id else f"guest:{grant.number}"


def proof_address(grant: Grant, back: str = "") -> str:
    """Where a fresh proof is given: the account's, which leads back to `back`, or the order's own secret."""
    if grant.buyer_id is None:
        return reverse("storefront:proof", args=[grant.number])
    after = back or reverse("storefront:order", args=[grant.number])
    return f"{reverse('storefront:me_proof')}?{urlencode({'next': after})}"


def look_up_first(number: str, go: str) -> HttpResponse:
    """To the look-up, which leads on to what a link in a message was about once the order's secret was given."""
    return redirect(f"{reverse('storefront:lookup')}?{urlencode({'number': number, 'go': go})}")


def after_look_up(number: str, go: str) -> str:
    """Where the look-up leads on to: a new claim (`claim`), a claim (its id), or the order."""
    if go == CLAIM:
        return reverse("storefront:claim", args=[number])
    try:
        return reverse("storefront:claim_progress", args=[number, UUID(go)])
    except ValueError:
        return reverse("storefront:order", args=[number])
