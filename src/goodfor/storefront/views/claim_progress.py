"""One claim: how far it is, and what its buyer can still do about it."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.answer import answer
from goodfor.aftersales.operations.claim_grant import claim_grant
from goodfor.aftersales.operations.object_to import object_to
from goodfor.aftersales.operations.rate import rate as rate_case
from goodfor.aftersales.operations.withdraw import withdraw as withdraw_case
from goodfor.aftersales.pictures import CONTENT_TYPE, MOST
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.orders.errors import ClaimNotFound
from goodfor.orders.operations.open_claim import MAX_TEXT
from goodfor.orders.operations.withdraw_claim import withdraw_claim
from goodfor.orders.types import OrderView
from goodfor.storefront import grants as proof
from goodfor.storefront.advice import advice_for
from goodfor.storefront.claim_grants import take_context
from goodfor.storefront.claim_progress import progress_of
from goodfor.storefront.claims import ShownClaim, claim_of
from goodfor.storefront.client import client_ip
from goodfor.storefront.forms import pictures_in, typed
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.ownership import actor, grant_for, look_up_first, owner_of, proof_address
from goodfor.storefront.page import page, show
from goodfor.storefront.types import Grant
from goodfor.storefront.views.claims import WITH_PICTURES

HOUR = timedelta(hours=1)
WRITTEN_PER_ORDER = 30


@page("GET", private=True)
def progress(request: HttpRequest, shop: ShopView, number: str, claim_id: UUID) -> HttpResponse:
    """What happens now and until when, what happened, what was written."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return look_up_first(number, str(claim_id))
    return _page(request, shop, grant, claim_id)


@page("GET", private=True)
def state(request: HttpRequest, shop: ShopView, number: str, claim_id: UUID) -> HttpResponse:
    """How far it is, for our own script that waits for it."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return JsonResponse({"state": "unknown"}, status=404)
    _order, shown = _mine(shop, grant, claim_id)
    return JsonResponse({"state": shown.stage})


@page("POST", private=True)
def withdraw(request: HttpRequest, shop: ShopView, number: str, claim_id: UUID) -> HttpResponse:
    """Take a claim back."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    _order, shown = _mine(shop, grant, claim_id)
    now = utc_now()
    if shown.case is None:
        withdraw_claim(shop_id=shop.id, order_id=grant.order_id, claim_id=claim_id, actor=actor(grant), now=now)
    else:
        withdraw_case(shop_id=shop.id, case_id=claim_id, actor=actor(grant), now=now)
    return _back(number, claim_id)


@page("POST", private=True, body=WITH_PICTURES)
def write(request: HttpRequest, shop: ShopView, number: str, claim_id: UUID) -> HttpResponse:
    """A message about the claim, or the answer to what was asked; pictures with it."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    _mine(shop, grant, claim_id)
    try:
        _count(request, shop, number)
        answer(
            shop_id=shop.id,
            case_id=claim_id,
            text=typed(request.POST.get("text", ""), MAX_TEXT),
            pictures=pictures_in(request),
            actor=actor(grant),
            now=utc_now(),
        )
    except DomainError as error:
        return _page(request, shop, grant, claim_id, error)
    return _back(number, claim_id, "#thread")


@page("POST", private=True)
def objection(request: HttpRequest, shop: ShopView, number: str, claim_id: UUID) -> HttpResponse:
    """Not agreed: a person looks once more."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    _mine(shop, grant, claim_id)
    text = typed(request.POST.get("text", ""), MAX_TEXT)
    try:
        _count(request, shop, number)
        object_to(shop_id=shop.id, case_id=claim_id, text=text, actor=actor(grant), now=utc_now())
    except DomainError as error:
        return _page(request, shop, grant, claim_id, error)
    return _back(number, claim_id)


@page("POST", private=True)
def rating(request: HttpRequest, shop: ShopView, number: str, claim_id: UUID) -> HttpResponse:
    """One to five, once."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    _mine(shop, grant, claim_id)
    given = request.POST.get("rating", "")
    if given in ("1", "2", "3", "4", "5"):
        rate_case(shop_id=shop.id, case_id=claim_id, rating=int(given), actor=actor(grant), now=utc_now())
    return _back(number, claim_id, "#rating")


@page("GET", private=True)
def picture(request: HttpRequest, shop: ShopView, number: str, claim_id: UUID, picture_id: UUID) -> HttpResponse:
    """A buyer's own picture. It may show a code, so it needs what seeing a code needs: a proof that is fresh."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    _mine(shop, grant, claim_id)
    if not proof.is_fresh(grant, utc_now()):
        return redirect(proof_address(grant, reverse("storefront:claim_progress", args=[number, claim_id])))
    content = aftersales.picture_content(shop.id, claim_id, picture_id)
    return HttpResponse(content, content_type=CONTENT_TYPE)


@page("POST", private=True)
def take(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """What is owed beyond the price, into the balance of the account that has the order."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    owner = owner_of(request, shop, number)
    if owner is None or owner.buyer_id is None:
        # A guest signs in first, and takes the order into the account.
        return redirect("storefront:me_claim")
    claim_grant(shop_id=shop.id, order_id=owner.order_id, buyer_id=owner.buyer_id, actor=actor(owner), now=utc_now())
    return redirect("storefront:order", number=number)


def _mine(shop: ShopView, grant: Grant, claim_id: UUID) -> tuple[OrderView, ShownClaim]:
    """The claim, where it is one of the order that was proved. Raises ClaimNotFound."""
    order = orders.order_view(shop.id, grant.order_id)
    shown = claim_of(shop.id, order, claim_id)
    if shown is None:
        raise ClaimNotFound
    return order, shown


def _count(request: HttpRequest, shop: ShopView, number: str) -> None:
    count_attempt(
        shop_id=shop.id, scope="claim.write", subject=f"{client_ip(request)}|{number}", limit=WRITTEN_PER_ORDER,
        window=HOUR, now=utc_now(),
    )  # fmt: skip


def _back(number: str, claim_id: UUID, place: str = "") -> HttpResponse:
    return redirect(reverse("storefront:claim_progress", args=[number, claim_id]) + place)


def _page(
    request: HttpRequest, shop: ShopView, grant: Grant, claim_id: UUID, error: DomainError | None = None
) -> HttpResponse:
    order, shown = _mine(shop, grant, claim_id)
    progress = progress_of(shop.id, order, shown, utc_now())
    context = {
        "order": order,
        "progress": progress,
        "shown": shown,
        "claim": shown.claim,
        "grants": progress.grants,
        **take_context(request, shop, order.number, progress.grants),
        "by_account": grant.buyer_id is not None,
        "fresh": proof.is_fresh(grant, utc_now()),
        "proof_address": proof_address(grant, reverse("storefront:claim_progress", args=[order.number, claim_id])),
        "pictures_left": MOST - len(progress.pictures),
        "most_text": MAX_TEXT,
        "text": typed(request.POST.get("text", ""), MAX_TEXT),
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "orders",
    }
    response = show(request, "claim_progress", context, status=error.http_status if error else 200)
    if error and "retry_after" in error.data:
        response["Retry-After"] = str(error.data["retry_after"])
    return response
