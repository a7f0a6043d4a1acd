"""Receiving: the page behind a link, which takes nothing by being looked at, and what somebody opened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.delivery.types import RevealedCode
from goodfor.gifts import queries as gifts
from goodfor.gifts.errors import GiftGone, GiftNotFound
from goodfor.gifts.operations.open_gift import open_gift
from goodfor.gifts.types import CARD, CODES, COUPON, POINTS, GiftView
from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.orders.operations.open_claim import MAX_TEXT
from goodfor.orders.operations.reveal_codes import reveal_given
from goodfor.orders.types import OrderView
from goodfor.risk.doors.uniform import in_steady_time
from goodfor.risk.types import Scene
from goodfor.storefront import gift_grants
from goodfor.storefront.account import current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.claims import ShownClaim, claims_of, free_codes, reasons_of
from goodfor.storefront.client import client_ip
from goodfor.storefront.doors import go_in, refuse_if_shut
from goodfor.storefront.forms import ids_in, typed
from goodfor.storefront.gifting import ShownGift
from goodfor.storefront.grants import NEVER
from goodfor.storefront.judging import act_of, judge, noted
from goodfor.storefront.kept import ACCOUNT, NOBODY
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.views.coupons import kept, ref_of
from goodfor.storefront.wallet import CODES_A_PAGE, ShownCode
from goodfor.storefront.whose import bound

#: Who types a gift's secret or key is who redeems a card's code.
DOOR = "redeem"
HOUR = timedelta(hours=1)
LOOKS_AN_HOUR = 120
CLAIMS_AN_HOUR = 6


@page("GET", "POST", private=True)
def gift(request: HttpRequest, shop: ShopView, secret: str) -> HttpResponse:
    """What lies behind a link, and on POST it is taken. Every link that is good for nothing has the same answer."""
    ref, now, secret = ref_of(request, shop), utc_now(), typed(secret, 100)
    if request.method == "POST":
        return _take(request, shop, secret, ref, now)
    refuse_if_shut(request, shop, DOOR, "", now, buyer=ref)
    count_attempt(
        shop_id=shop.id, scope="gift.look", subject=client_ip(request), limit=LOOKS_AN_HOUR, window=HOUR, now=now
    )
    with in_steady_time():
        found = gifts.gift_to_open(shop.id, secret, now)
    return kept(request, shop, _face(request, shop, found, secret), ref)


def _face(
    request: HttpRequest, shop: ShopView, found: GiftView, secret: str, error: DomainError | None = None
) -> HttpResponse:
    context = {
        "shown": ShownGift(found), "secret": secret, "signed_in": current(request, shop) is not None,
        "guests": found.kind in (CODES, COUPON), "error": error, "advice": advice_for(error) if error else "",
        "tab": "me",
    }  # fmt: skip
    return show(request, "gift", context, status=error.http_status if error else 200)


def _take(request: HttpRequest, shop: ShopView, secret: str, ref: str, now: datetime) -> HttpResponse:
    """Judged and counted as a card's code is. Raises GiftGone, Refused, TooManyTries."""
    refuse_if_shut(request, shop, DOOR, "", now, buyer=ref)
    judged = judge(request, shop, act_of(request, shop, Scene.REDEEM, buyer=ref))
    if judged.answer is not None:
        return judged.answer
    entry = go_in(request, shop, DOOR, "", now, buyer=ref)
    if entry.answer is not None:
        return entry.answer
    try:
        with in_steady_time():
            opened = open_gift(shop_id=shop.id, secret=secret, taker_ref=ref, now=now)
    except GiftGone:
        entry.tell(good=False, now=now, guess=secret)
        noted(judged, good=False)
        raise
    except DomainError as error:
        entry.tell(good=True, now=now)
        noted(judged, good=True)
        return kept(request, shop, _face(request, shop, gifts.gift_to_open(shop.id, secret, now), secret, error), ref)
    entry.tell(good=True, now=now)
    noted(judged, good=True)
    response = redirect(_goes_to(opened.gift))
    if opened.key and opened.gift.kind == CODES:
        gift_grants.remember_gift(response, request, shop.id, opened.gift.number, opened.key, now)
    return kept(request, shop, response, ref)


def _goes_to(found: GiftView) -> str:
    if found.kind == CODES:
        return reverse("storefront:gift_got", args=[found.number])
    if found.kind == CARD:
        return f"{reverse('storefront:wallet')}?kind=card"
    return reverse({COUPON: "storefront:my_coupons", POINTS: "storefront:me_points"}[found.kind])


@page("GET", private=True)
def got(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """The codes of a gift that was opened, for who opened it; for anybody else the way to show that it is theirs."""
    found = _mine(request, shop, number)
    return _got(request, shop, found) if found else _key_form(request, number)


@page("POST", private=True)
def prove(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """The key that a guest got with a gift."""
    ref, now = ref_of(request, shop), utc_now()
    key = typed(request.POST.get("secret", ""), 100).strip()
    refuse_if_shut(request, shop, DOOR, number, now, buyer=ref)
    entry = go_in(request, shop, DOOR, number, now, buyer=ref)
    if entry.answer is not None:
        return entry.answer
    try:
        with in_steady_time():
            found = gifts.gift_of_guest(shop.id, number, key)
    except GiftNotFound as error:
        entry.tell(good=False, now=now, guess=key)
        return _key_form(request, number, error)
    entry.tell(good=True, now=now)
    response = redirect("storefront:gift_got", number=found.number)
    gift_grants.remember_gift(response, request, shop.id, found.number, key, now)
    return response


@page("POST", private=True)
def reveal(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Show codes in this answer only, after a fresh proof; every one is written down by delivery."""
    found = _mine(request, shop, number)
    if found is None or not _fresh(request, shop, found):
        return redirect(_proof_address(request, shop, number))
    assert found.subject_id is not None
    # As with an order's codes; a code may be asked for by nobody's contact but the account's own.
    to = bound(request, shop, ACCOUNT) if current(request, shop) else NOBODY
    act = act_of(request, shop, Scene.REVEAL, buyer=found.taker_ref, subject=("order", found.subject_id))
    judged = judge(request, shop, act, to=to)
    if judged.answer is not None:
        return judged.answer
    shown = reveal_given(
        shop_id=shop.id, order_id=found.subject_id, gift_id=found.id,
        code_ids=ids_in(request.POST.getlist("code"), CODES_A_PAGE) or None, actor=found.taker, ip=client_ip(request),
        now=utc_now(),
    )  # fmt: skip
    noted(judged, good=True)
    return _got(request, shop, found, revealed=shown)


@page("GET", "POST", private=True)
def claim(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Something is wrong with a code: who was given it says so. Money goes to the buyer, new codes come here."""
    found, now = _mine(request, shop, number), utc_now()
    if found is None:
        return _key_form(request, number)
    order, open_ones = _order(shop, found), _claimable(shop, found)
    if not open_ones:
        return redirect("storefront:gift_got", number=number)
    context: dict[str, Any] = {
        "shown": ShownGift(found), "codes": open_ones, "picked": request.POST.getlist("code"),
        "reasons": reasons_of(order.lines[0], change_of_mind=False), "most_text": MAX_TEXT, "tab": "me",
    }  # fmt: skip
    if request.method != "POST":
        return show(request, "gift_claim", context)
    wanted = ids_in(request.POST.getlist("code")) or [one.code_id for one in open_ones]
    lines = {one.code_id: one.line_id for one in open_ones}
    try:
        count_attempt(
            shop_id=shop.id, scope="claim.gift", subject=f"{client_ip(request)}|{number}", limit=CLAIMS_AN_HOUR,
            window=HOUR, now=now,
        )  # fmt: skip
        line = next(one for one in order.lines if one.line_id == lines.get(wanted[0], order.lines[0].line_id))
        act = act_of(
            request, shop, Scene.CLAIM, buyer=found.taker_ref, subject=("order", order.id), amount=line.net,
            facts=aftersales.claim_facts(shop.id, order, line.line_id, now),
        )  # fmt: skip
        judged = judge(request, shop, act)
        make_claim(
            shop_id=shop.id, order_id=order.id, line_id=line.line_id,
            reason=typed(request.POST.get("reason", ""), 20), code_ids=wanted,
            text=typed(request.POST.get("text", ""), MAX_TEXT), fresh=False, risk=judged.word, gift_id=found.id,
            actor=found.taker, now=now,
        )  # fmt: skip
    except DomainError as error:
        context |= {"error": error, "advice": advice_for(error)}
        return show(request, "gift_claim", context, status=error.http_status)
    return redirect("storefront:gift_got", number=number)


def _mine(request: HttpRequest, shop: ShopView, number: str) -> GiftView | None:
    """The gift of codes, where whoever asks opened it."""
    buyer = current(request, shop)
    try:
        found = gifts.gift_by_number(shop.id, number)
    except GiftNotFound:
        return None
    by_key = gift_grants.proved_at(request, shop.id, number) is not None
    mine = (buyer is not None and found.taker_ref == buyer.ref) or (by_key and found.taker == f"gift:{number}")
    return found if mine and found.kind == CODES else None


def _fresh(request: HttpRequest, shop: ShopView, found: GiftView) -> bool:
    now, buyer = utc_now(), current(request, shop)
    if buyer is not None and found.taker_ref == buyer.ref:
        at = buyer.proved_at or NEVER
        return at <= now < at + identity.FRESH
    return gift_grants.is_fresh(gift_grants.proved_at(request, shop.id, found.number), now)


def _proof_address(request: HttpRequest, shop: ShopView, number: str) -> str:
    here = reverse("storefront:gift_got", args=[number])
    return f"{reverse('storefront:me_proof')}?next={here}" if current(request, shop) else f"{here}?prove=1"


def _order(shop: ShopView, found: GiftView) -> OrderView:
    assert found.subject_id is not None
    return orders.order_view(shop.id, found.subject_id)


def _claims(shop: ShopView, found: GiftView) -> list[ShownClaim]:
    mine = {one.code_id for one in orders.all_codes_of_gift(shop.id, found.id)}
    return [one for one in claims_of(shop.id, _order(shop, found)) if mine & set(one.claim.code_ids)]


def _claimable(shop: ShopView, found: GiftView) -> list[Any]:
    """Codes that were seen and about which no claim is open."""
    held = orders.masked_codes_of_gift(shop.id, found.id)
    return [one for one in free_codes(held, _claims(shop, found)) if one.revealed_at is not None]


def _got(request: HttpRequest, shop: ShopView, found: GiftView, revealed: Sequence[RevealedCode] = ()) -> HttpResponse:
    opened: dict[UUID, RevealedCode] = {one.code_id: one for one in revealed}
    held = orders.masked_codes_of_gift(shop.id, found.id)
    if "prove" in request.GET and not _fresh(request, shop, found):
        return _key_form(request, found.number)
    codes = [
        ShownCode(
            one.code_id, one.position, one.expires_at, one.revealed_at,
            number=(opened[one.code_id].number or "") if one.code_id in opened else "",
            secret=opened[one.code_id].secret if one.code_id in opened else "",
        )
        for one in held
    ]  # fmt: skip
    context = {
        "shown": ShownGift(found), "codes": codes, "fresh": _fresh(request, shop, found),
        "proof_address": _proof_address(request, shop, found.number), "claims": _claims(shop, found),
        "claimable": bool(_claimable(shop, found)), "key": gift_grants.fresh_key(request, shop.id, found.number),
        "by_account": current(request, shop) is not None, "now": utc_now(), "tab": "me",
    }  # fmt: skip
    return show(request, "gift_got", context)


def _key_form(request: HttpRequest, number: str, error: DomainError | None = None) -> HttpResponse:
    context = {"number": number, "error": error, "advice": advice_for(error) if error else "", "tab": "me"}
    return show(request, "gift_key", context, status=error.http_status if error else 200)
