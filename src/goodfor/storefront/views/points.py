"""A member's points: what they are worth, what ends when, and each movement."""
# ruff: noqa: ARG001  (views take what the frame gives them)

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import NotFound
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.check_in import check_in as check_in_today
from goodfor.loyalty.types import Holder
from goodfor.mall import queries as mall
from goodfor.partners import queries as partners
from goodfor.partners.operations.go_to_mall import go_to_mall
from goodfor.storefront.account import account_page
from goodfor.storefront.forms import ids_in
from goodfor.storefront.page import show
from goodfor.storefront.points import held_points, stands

ROWS: Final = 30


@account_page()
def mine(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """The statement, newest first; `before` continues it."""
    now, holder = utc_now(), Holder(buyer.buyer_id)
    held = held_points(shop, buyer, now)
    if held is None:
        raise NotFound
    named: list[UUID] = ids_in([request.GET.get("before", "")])
    rows = loyalty.statement(shop.id, holder, before=named[0] if named else None, limit=ROWS + 1)
    context = {
        "held": held,
        "stands": stands(shop, buyer, now),
        "ends": loyalty.expiring(shop.id, holder, now),
        "rows": [(one, loyalty.said(one), one.available_at if one.available_at and one.available_at > now else None)
                 for one in rows[:ROWS]],
        "more": rows[ROWS - 1].id if len(rows) > ROWS else None,
        "mall": mall.is_on(shop.id, now),
        "redeemed": bool(mall.redemptions(shop.id, owner=buyer.buyer_id, limit=1)),
        "terms": loyalty.terms_at(shop.id, now),
        "malls": partners.malls(shop.id),
        "tab": "me",
    }  # fmt: skip
    return show(request, "account/points", context)


@account_page("POST")
def check_in(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Look in today; back to where one was."""
    check_in_today(shop_id=shop.id, owner=buyer.buyer_id, now=utc_now())
    return redirect("storefront:me")


@account_page()
def to_mall(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, account_id: UUID) -> HttpResponse:
    """On to a partner's mall, by a link made for this click; it learns a name that is used nowhere else."""
    return redirect(go_to_mall(shop_id=shop.id, account_id=account_id, owner=buyer.buyer_id, now=utc_now()))
