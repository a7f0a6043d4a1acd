"""A buyer's page of invitations, and the page that a link of one leads to."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.referrals import codes
from goodfor.referrals import queries as referrals
from goodfor.referrals.errors import InviteNotFound
from goodfor.referrals.operations.bind import bind
from goodfor.referrals.operations.make_code import make_code
from goodfor.referrals.states import LINK
from goodfor.referrals.types import Invited
from goodfor.referrals.wording import STATES
from goodfor.storefront.account import account_page, current
from goodfor.storefront.client import scheme_and_host
from goodfor.storefront.inviting import names_of, remember_invite, rewards_shown
from goodfor.storefront.page import page, show


@account_page("GET", "POST")
def mine(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Code and link, what they brought, and in which state it is. A button makes the code: looking writes nothing."""
    now = utc_now()
    if request.method == "POST":
        make_code(shop_id=shop.id, buyer_id=buyer.buyer_id, names=names_of(request), now=now)
        return redirect("storefront:me_invite")
    earned = referrals.earnings(shop.id, buyer.buyer_id)
    revision = referrals.revision_at(shop.id, now)
    if not earned.code and not earned.rewards and (revision is None or not revision.terms.on):
        raise InviteNotFound
    link = reverse("storefront:invite", args=[earned.code]) if earned.code else ""
    context = {
        "earned": earned,
        "code": codes.shown(earned.code) if earned.code else "",
        "link": scheme_and_host(request) + link if link else "",
        "prompts": rewards_shown(request, shop, now),
        "terms": revision.terms if revision else None,
        "percent": f"{revision.terms.first.bp / 100:g}" if revision and revision.terms.first.bp else "",
        "rows": [(one, *STATES[one.state]) for one in earned.rewards],
        "tab": "me",
    }
    return show(request, "account/invite", context)


@page("GET", "POST", private=True)
def link(request: HttpRequest, shop: ShopView, code: str) -> HttpResponse:
    """Who comes by a link is asked; a yes is kept in the browser, and with the account of whoever is signed in."""
    now, known = utc_now(), codes.canonical(code)
    if not referrals.is_on(shop.id, now) or not referrals.known_code(shop.id, known):
        raise InviteNotFound
    if request.method != "POST":
        return show(request, "invite", {"code": known, "prompts": rewards_shown(request, shop, now)})
    response = redirect("storefront:home")
    remember_invite(response, request, shop, known, now)
    buyer = current(request, shop)
    if buyer is not None:
        with suppress(DomainError):
            # Own codes and who has bought before: nothing to say about it here.
            bind(
                shop_id=shop.id, friend=buyer.buyer_id, invited=Invited(known, LINK, now), names=names_of(request),
                now=now,
            )  # fmt: skip
    return response
