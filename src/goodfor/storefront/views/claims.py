"""Something is wrong with what was bought: say so in one tap, with or without script."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.aftersales import hours
from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.pictures import MOST, MOST_BYTES
from goodfor.delivery import queries as delivery
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.orders.operations.open_claim import MAX_TEXT
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.types import DIRECT, LineView, OrderView
from goodfor.risk.types import Act, Scene
from goodfor.storefront import grants as proof
from goodfor.storefront.advice import advice_for
from goodfor.storefront.balance import BALANCE
from goodfor.storefront.claims import claims_of, free_codes, reasons_of
from goodfor.storefront.client import client_ip
from goodfor.storefront.forms import ids_in, pictures_in, typed
from goodfor.storefront.judging import act_of, judge
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.ownership import CLAIM, actor, grant_for, look_up_first, proof_address
from goodfor.storefront.page import BODY, page, show
from goodfor.storefront.types import Grant

HOUR = timedelta(hours=1)
CLAIMS_PER_ADDRESS, CLAIMS_PER_ORDER = 20, 6
#: Bytes of a form with pictures.
WITH_PICTURES = MOST * MOST_BYTES + BODY
MOST_LISTED = 50


@page("GET", "POST", private=True, body=WITH_PICTURES)
def claim(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """The reasons, and on POST the claim. Where it means money back at once, who asks must have proved it lately."""
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup") if request.method == "POST" else look_up_first(number, CLAIM)
    order = orders.order_view(shop.id, grant.order_id)
    line = _line(shop, order, request)
    if order.state != "delivered" or line is None:
        return redirect("storefront:order", number=number)
    if request.method != "POST":
        return _page(request, shop, grant, order, line)
    now, picked = utc_now(), ids_in(request.POST.getlist("code"))
    try:
        if not proof.is_fresh(grant, now) and _at_once(shop, order, line, picked):
            return redirect(proof_address(grant, _address(number, line)))
        _count(request, shop, number)
        judged = judge(request, shop, _act(request, shop, order, line, now))
        claimed = make_claim(
            shop_id=shop.id,
            order_id=order.id,
            line_id=line.line_id,
            reason=typed(request.POST.get("reason", ""), 20),
            code_ids=picked,
            text=typed(request.POST.get("text", ""), MAX_TEXT),
            pictures=pictures_in(request),
            # What the page did not promise is not done either: what became possible meanwhile needs the proof, too.
            fresh=proof.is_fresh(grant, now),
            paid_from=_wallet(shop, grant) if request.POST.get("to") == BALANCE else "",
            risk=judged.word,
            actor=actor(grant),
            now=now,
        )
    except DomainError as error:
        return _page(request, shop, grant, order, line, error)
    return redirect("storefront:claim_progress", number=number, claim_id=claimed.case.id)


def _act(request: HttpRequest, shop: ShopView, order: OrderView, line: LineView, now: datetime) -> Act:
    return act_of(
        request, shop, Scene.CLAIM, buyer=orders.buyer_named(shop.id, order.id), subject=("order", order.id),
        amount=line.net, facts=aftersales.claim_facts(shop.id, order, line.line_id, now),
    )  # fmt: skip


def _at_once(shop: ShopView, order: OrderView, line: LineView, picked: list[UUID]) -> bool:
    """Whether a claim on these codes would give money back in this request. Raises InvalidClaim."""
    return line.kind != DIRECT and orders.claim_offer(shop.id, order, line.line_id, picked).at_once


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


def _line(shop: ShopView, order: OrderView, request: HttpRequest) -> LineView | None:
    """The line that is named, or holds the code that is named; the first where nothing is."""
    asked = request.POST.get("line", "") or request.GET.get("line", "")
    code_ids = ids_in([request.GET.get("code", "")], 1)
    if not asked and code_ids:
        held = delivery.masked_codes(shop.id, [line.line_id for line in order.lines])
        asked = next((str(code.line_id) for code in held if code.code_id == code_ids[0]), "")
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
    now, mine = utc_now(), [shown for shown in claims_of(shop.id, order) if shown.line.line_id == line.line_id]
    promise = aftersales.promise_for(shop.id, line.sku_id, order.placed_at).terms
    held = [] if line.kind == DIRECT else delivery.masked_codes(shop.id, [line.line_id])
    away = orders.given_away(shop.id, [line.line_id]) if held else {}
    held = [code for code in held if code.code_id not in away]
    codes = free_codes(held, mine)
    live = [shown for shown in mine if shown.live]
    context: dict[str, Any] = {
        "order": order,
        "line": line,
        "top_up": line.kind == DIRECT,
        "codes": codes if 1 < len(codes) <= MOST_LISTED else [],
        "held": len(codes),
        # A claim on all codes would be about those of the open one, too.
        "open": (not live) if line.kind == DIRECT else bool(codes) and (not live or len(codes) <= MOST_LISTED),
        "picked": request.POST.getlist("code") or _preset(request, codes, live),
        "only": codes[0].code_id if live and len(codes) == 1 else None,
        "reasons": reasons_of(line, change_of_mind=promise.change_of_mind),
        "fresh": proof.is_fresh(grant, now),
        "proof_address": proof_address(grant, _address(order.number, line)),
        "by_account": grant.buyer_id is not None,
        "to_balance": grant.buyer_id is not None
        and not orders.paid_by_credit(shop.id, order)
        and orders.takes_balance(shop.id, order.total.currency),
        "balance_picked": request.POST.get("to") == BALANCE,
        "answer_by": hours.add_working(now, promise.answer_seconds, promise.hours),
        "live": live,
        "past": [shown for shown in mine if not shown.live],
        "most_text": MAX_TEXT,
        "most_pictures": MOST,
        "text": typed(request.POST.get("text", ""), MAX_TEXT),
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "orders",
        **_unseen(shop, order, line, [code.code_id for code in codes if code.revealed_at is None], len(codes)),
    }
    response = show(request, "claim", context, status=error.http_status if error else 200)
    if error and "retry_after" in error.data:
        response["Retry-After"] = str(error.data["retry_after"])
    return response


def _preset(request: HttpRequest, codes: list[Any], live: list[Any]) -> list[str]:
    """The codes that the link names; beside an open claim all others, since nothing picked would mean that one, too."""
    asked = request.GET.getlist("code")
    return asked if asked or not live else [str(code.code_id) for code in codes]


def _unseen(shop: ShopView, order: OrderView, line: LineView, unseen: list[UUID], codes: int) -> dict[str, Any]:
    """What may go back at once, with its amounts."""
    return {
        "all_unseen": len(unseen) == codes and codes > 0,
        "unseen": len(unseen),
        "offer": orders.claim_offer(shop.id, order, line.line_id, unseen) if unseen else None,
    }
