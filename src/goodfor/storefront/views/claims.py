"""Something is wrong with what was bought: say so in one tap, with or without script."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.delivery import queries as delivery
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.orders.operations.open_claim import MAX_TEXT, open_claim
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.operations.withdraw_claim import withdraw_claim
from goodfor.orders.types import LineView, OrderView
from goodfor.storefront import grants as proof
from goodfor.storefront.advice import advice_for
from goodfor.storefront.balance import BALANCE
from goodfor.storefront.claims import REASONS, claims_of
from goodfor.storefront.client import client_ip
from goodfor.storefront.forms import ids_in, typed
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.ownership import actor, grant_for, proof_address
from goodfor.storefront.page import page, show
from goodfor.storefront.types import Grant

HOUR = timedelta(hours=1)
CLAIMS_PER_ADDRESS, CLAIMS_PER_ORDER = 20, 6


@page("GET", "POST", private=True)
def claim(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """The reasons, and on POST the claim. Where it means money back at once, who asks must have proved it lately."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    order = orders.order_view(shop.id, grant.order_id)
    line = _line(order, request.POST.get("line", "") or request.GET.get("line", ""))
    if order.state != "delivered" or line is None:
        return redirect("storefront:order", number=number)
    if request.method != "POST":
        return _page(request, shop, grant, order, line)
    now, picked = utc_now(), ids_in(request.POST.getlist("code"))
    try:
        offer = orders.claim_offer(shop.id, order, line.line_id, picked)
        if offer.at_once and not proof.is_fresh(grant, now):
            return redirect(proof_address(grant, _address(number, line)))
        _count(request, shop, number)
        open_claim(
            shop_id=shop.id,
            order_id=order.id,
            line_id=line.line_id,
            reason=typed(request.POST.get("reason", ""), 20),
            code_ids=picked,
            text=typed(request.POST.get("text", ""), MAX_TEXT),
            # What the page did not promise is not done either: what became possible meanwhile needs the proof, too.
            may_refund=proof.is_fresh(grant, now),
            paid_from=_wallet(shop, grant) if request.POST.get("to") == BALANCE else "",
            actor=actor(grant),
            now=now,
        )
    except DomainError as error:
        return _page(request, shop, grant, order, line, error)
    return redirect(reverse("storefront:order", args=[number]) + "#claim")


@page("POST", private=True)
def withdraw(request: HttpRequest, shop: ShopView, number: str, claim_id: UUID) -> HttpResponse:
    """Take a claim back."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    withdraw_claim(shop_id=shop.id, order_id=grant.order_id, claim_id=claim_id, actor=actor(grant), now=utc_now())
    return redirect("storefront:order", number=number)


def _wallet(shop: ShopView, grant: Grant) -> str:
    """The balance of the account that the order belongs to; nothing for a guest, or where it could buy nothing."""
    if grant.buyer_id is None or not orders.takes_balance(shop.id, shop.currency):
        return ""
    return open_wallet(shop_id=shop.id, buyer_id=grant.buyer_id, currency=shop.currency, now=utc_now())


def _count(request: HttpRequest, shop: ShopView, number: str) -> None:
    now, ip = utc_now(), client_ip(request)
    for scope, subject, limit in (
        ("claim.ip", ip, CLAIMS_PER_ADDRESS),
        ("claim.order", f"{ip}|{number}", CLAIMS_PER_ORDER),
    ):
        count_attempt(shop_id=shop.id, scope=scope, subject=subject, limit=limit, window=HOUR, now=now)


def _line(order: OrderView, asked: str) -> LineView | None:
    if not asked:
        return order.lines[0] if order.lines else None
    return next((line for line in order.lines if str(line.line_id) == asked), None)


def _address(number: str, line: LineView) -> str:
    return f"{reverse('storefront:claim', args=[number])}?{urlencode({'line': str(line.line_id)})}"


def _page(
    request: HttpRequest,
    shop: ShopView,
    grant: Grant,
    order: OrderView,
    line: LineView,
    error: DomainError | None = None,
) -> HttpResponse:
    codes = delivery.masked_codes(shop.id, [line.line_id])
    picked = request.POST.getlist("code") or [request.GET.get("code", "")]
    mine = [shown for shown in claims_of(shop.id, order) if shown.line.line_id == line.line_id]
    unseen = [code.code_id for code in codes if code.revealed_at is None]
    context = {
        "order": order,
        "line": line,
        "codes": codes if 1 < len(codes) <= 50 else [],
        "held": len(codes),
        "picked": picked,
        "reasons": [reason for reason in REASONS if unseen or reason[0] != "changed_mind"],
        "all_unseen": len(unseen) == len(codes),
        "unseen": len(unseen),
        "offer": orders.claim_offer(shop.id, order, line.line_id, unseen) if unseen else None,
        "fresh": proof.is_fresh(grant, utc_now()),
        "proof_address": proof_address(grant, _address(order.number, line)),
        "by_account": grant.buyer_id is not None,
        "to_balance": grant.buyer_id is not None and orders.takes_balance(shop.id, order.total.currency),
        "balance_picked": request.POST.get("to") == BALANCE,
        "waiting": next((shown for shown in mine if shown.claim.state == "open"), None),
        "past": [shown for shown in mine if shown.claim.state != "open"],
        "most_text": MAX_TEXT,
        "text": typed(request.POST.get("text", ""), MAX_TEXT),
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "orders",
    }
    response = show(request, "claim", context, status=error.http_status if error else 200)
    if error and "retry_after" in error.data:
        response["Retry-After"] = str(error.data["retry_after"])
    return response
