"""Giving: a link is made, shown again until it is opened, and taken back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.cards import queries as cards
from goodfor.gifts import queries as gifts
from goodfor.gifts.errors import InvalidGift
from goodfor.gifts.operations.make_gift import make_gift
from goodfor.gifts.operations.take_back import take_back
from goodfor.gifts.types import CARD, CODES, COUPON, DAYS, LONGEST_MESSAGE, LOOKS, MOST_CODES, POINTS, Wish
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import secret_token
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import Holder
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderView
from goodfor.promotions import queries as promotions
from goodfor.storefront import grants as proof
from goodfor.storefront.account import account_page
from goodfor.storefront.advice import advice_for
from goodfor.storefront.forms import ids_in, typed
from goodfor.storefront.gifting import GivableLine, ShownGift, givable_lines, given_here, giver_of, link_of, skins
from goodfor.storefront.judging import noted
from goodfor.storefront.ownership import grant_for, owner_of, proof_address
from goodfor.storefront.page import page, show
from goodfor.storefront.views.coupons import ref_of
from goodfor.storefront.views.orders import judged_reveal

A_PAGE = 20


@page("GET", "POST", private=True)
def give_codes(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Which codes of an order, how many, with which words and looks; on POST the link."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    order = orders.order_view(shop.id, grant.order_id)
    here, now = reverse("storefront:give_codes", args=[number]), utc_now()
    lines = givable_lines(shop, order, now)
    if not lines:
        return redirect("storefront:order", number=number)
    # A code that is given away is as gone as one that was shown.
    if not proof.is_fresh(grant, now):
        return redirect(proof_address(grant, here))
    if request.method != "POST":
        return _form(request, order, lines, asked=request.GET)
    judged = judged_reveal(request, shop, grant)
    if judged.answer is not None:
        return judged.answer
    try:
        made = make_gift(
            shop_id=shop.id, giver_ref=giver_of(owner_of(request, shop, number) or grant),
            wish=_wish(request, order, lines), request_key=typed(request.POST.get("key", ""), 40), now=now,
        )  # fmt: skip
    except DomainError as error:
        return _form(request, order, lines, asked=request.POST, error=error)
    noted(judged, good=True)
    return redirect("storefront:gift_given", number=made.gift.number)


def _wish(request: HttpRequest, order: OrderView, lines: list[GivableLine]) -> Wish:
    """The first codes of a line that nobody has seen. Raises InvalidGift."""
    asked = ids_in([request.POST.get("line", "")], 1) or [lines[0].line.line_id]
    line = next((one for one in lines if one.line.line_id == asked[0]), None)
    if line is None:
        raise InvalidGift(field="line")
    count = _number(request.POST.get("n", "1"))
    if not 1 <= count <= min(len(line.codes), MOST_CODES):
        raise InvalidGift(field="n")
    return wish_of(request, CODES, order.id, code_ids=tuple(one.code_id for one in line.codes[:count]))


def wish_of(request: HttpRequest, kind: str, subject_id: UUID | None, **more: Any) -> Wish:
    """What every kind asks for: words, looks, and for how long."""
    return Wish(
        kind, subject_id, message=typed(request.POST.get("message", ""), 400),
        look=typed(request.POST.get("look", LOOKS[0]), 8), days=_number(request.POST.get("days", "")) or DAYS[0],
        **more,
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _form(
    request: HttpRequest, order: OrderView, lines: list[GivableLine], *, asked: Any, error: DomainError | None = None
) -> HttpResponse:
    picked = ids_in([asked.get("line", "")], 1) or [lines[0].line.line_id]
    context = {
        "order": order,
        "lines": lines,
        "picked": picked[0],
        "count": _number(asked.get("n", "")) or 1,
        "most": min(max(len(one.codes) for one in lines), MOST_CODES),
        "action": reverse("storefront:give_codes", args=[order.number]),
        "back": reverse("storefront:order", args=[order.number]),
        **form_context(asked, error),
    }
    return show(request, "gift_make", context, status=error.http_status if error else 200)


def form_context(asked: Any, error: DomainError | None) -> dict[str, Any]:
    """What the fields of every kind need."""
    return {
        "looks": skins(),
        "look": asked.get("look", LOOKS[0]),
        "days": sorted(DAYS),
        "day": _number(asked.get("days", "")) or DAYS[0],
        "message": typed(asked.get("message", ""), 400),
        "longest": LONGEST_MESSAGE,
        "key": typed(asked.get("key", ""), 40) or secret_token(16),
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "me",
    }


@account_page("GET", "POST", fresh=True)
def give_points(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """How many points; on POST the link. Where the shop lets members give them away."""
    now = utc_now()
    most = loyalty.balance(shop.id, Holder(buyer.buyer_id), now).available
    if not loyalty.terms_at(shop.id, now).transferable or not most:
        return redirect("storefront:wallet")
    back = reverse("storefront:me_points")
    asked = request.POST if request.method == "POST" else request.GET
    more = {"points": True, "most": most, "count": _number(asked.get("n", "")) or min(100, most), "back": back}
    if request.method != "POST":
        return _other(request, more)
    return _made(request, shop, buyer.ref, wish_of(request, POINTS, None, units=_number(asked.get("n", ""))), more)


@account_page("GET", "POST", fresh=True)
def give_card(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, card_id: UUID) -> HttpResponse:
    """A card of the account; on POST the link. Raises CardRefused."""
    held = cards.held_card(shop.id, card_id, buyer.ref)
    more = {"what": held.card.program.name, "back": f"{reverse('storefront:wallet')}?kind=card"}
    if request.method != "POST":
        return _other(request, more)
    return _made(request, shop, buyer.ref, wish_of(request, CARD, card_id), more)


@page("GET", "POST", private=True)
def give_coupon(request: HttpRequest, shop: ShopView, coupon_id: UUID) -> HttpResponse:
    """A coupon of this buyer; on POST the link."""
    ref = ref_of(request, shop)
    more = {"what": promotions.coupon_name(shop.id, coupon_id), "back": reverse("storefront:my_coupons")}
    if request.method != "POST":
        return _other(request, more)
    return _made(request, shop, ref, wish_of(request, COUPON, coupon_id), more)


def _made(request: HttpRequest, shop: ShopView, ref: str, wish: Wish, more: dict[str, Any]) -> HttpResponse:
    key = typed(request.POST.get("key", ""), 40)
    try:
        made = make_gift(shop_id=shop.id, giver_ref=ref, wish=wish, request_key=key, now=utc_now())
    except DomainError as error:
        return _other(request, more, error)
    return redirect("storefront:gift_given", number=made.gift.number)


def _other(request: HttpRequest, more: dict[str, Any], error: DomainError | None = None) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    context = {"action": request.path, **more, **form_context(asked, error)}
    return show(request, "gift_make", context, status=error.http_status if error else 200)


@page("GET", private=True)
def given(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """A gift as its giver sees it: its link until it is opened, and where it is."""
    return _given(request, shop, number)


def _given(request: HttpRequest, shop: ShopView, number: str, error: DomainError | None = None) -> HttpResponse:
    gift = given_here(request, shop, number)
    context = {
        "shown": ShownGift(gift), "link": link_of(request, shop, gift), "error": error,
        "advice": advice_for(error) if error else "", "tab": "me",
    }  # fmt: skip
    return show(request, "gift_given", context, status=error.http_status if error else 200)


@page("POST", private=True)
def back(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """It is not given after all."""
    gift = given_here(request, shop, number)
    try:
        take_back(shop_id=shop.id, gift_id=gift.id, giver_ref=gift.giver_ref, now=utc_now())
    except DomainError as error:
        return _given(request, shop, number, error)
    return redirect("storefront:gift_given", number=number)


@account_page()
def mine(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """What an account has given, and what it was given; newest first."""
    got = request.GET.get("kind") == "got"
    before = next(iter(ids_in([request.GET.get("before", "")], 1)), None)
    read = gifts.gifts_taken if got else gifts.gifts_given
    found = read(shop.id, buyer.ref, before, A_PAGE + 1)
    rows = [ShownGift(one) for one in found[:A_PAGE]]
    following = str(rows[-1].gift.id) if len(found) > A_PAGE else ""
    return show(request, "my_gifts", {"rows": rows, "got": got, "next": following, "tab": "me"})
