"""The buyer's orders in this browser: wallet, one order, codes revealed or downloaded, look-up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from goodfor.delivery import queries as delivery
from goodfor.delivery.types import RevealedCode
from goodfor.gifts import queries as gifts
from goodfor.identity.operations.end_proof import end_proof
from goodfor.identity.types import ShopView
from goodfor.kernel.addresses import network
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound
from goodfor.orders import queries as orders
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.types import ACCOUNT_WRONG, OrderView
from goodfor.promotions import group_queries
from goodfor.risk.doors.uniform import in_steady_time
from goodfor.risk.types import Scene
from goodfor.storefront import grants as proof
from goodfor.storefront.account import current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.claim_grants import grants_of, take_context
from goodfor.storefront.claims import claims_of, recalls_of
from goodfor.storefront.client import client_ip, scheme_and_host
from goodfor.storefront.doors import go_in, refuse_if_shut
from goodfor.storefront.errors import OrderNotFound, ProofNeeded
from goodfor.storefront.exports import FORMATS, codes_file, receipt_file
from goodfor.storefront.forms import LookupForm, ProofForm, ids_in, typed
from goodfor.storefront.gifting import ShownGift
from goodfor.storefront.judging import Judged, act_of, judge, noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.ownership import actor, after_look_up, by_account, grant_for, proof_address
from goodfor.storefront.page import page, show, wants_json
from goodfor.storefront.promised import promised_to
from goodfor.storefront.top_ups import is_top_up, live_state, stage_of
from goodfor.storefront.types import Grant
from goodfor.storefront.wallet import account_wallet, code_page, code_position, guides_of, lines_with_codes, wallet
from goodfor.storefront.whose import code_goes_to

TRY_WINDOW = timedelta(minutes=10)
TRIES_PER_ADDRESS, TRIES_PER_ORDER = 30, 8


def prove(request: HttpRequest, shop: ShopView, number: str, secret: str, now: datetime) -> Grant | HttpResponse:
    """A fresh grant for whoever knows number and secret, or an answer that asks for more first.

    Raises OrderNotFound for an unknown number and for a wrong secret alike, in the same time; Refused; TooManyTries
    where the door is shut (`storefront.doors`), or above 8 tries an order or 30 from one address in ten minutes.
    Counting per address and order keeps a stranger from locking the owner out.
    """
    # What goes on after a challenge is a look-up, also where a link was opened.
    on = {"path": reverse("storefront:lookup"), "body": urlencode({"number": number, "secret": secret})}
    on = on if request.method != "POST" else {}
    # By address and order, as ever: a stranger who hammers at an order does not keep its owner out.
    subject = f"{network(client_ip(request))}|{number}"
    refuse_if_shut(request, shop, "look_up", subject, now)
    judged = judge(request, shop, act_of(request, shop, Scene.LOOK_UP), **on)
    if judged.answer is not None:
        return judged.answer
    entry = go_in(request, shop, "look_up", subject, now, **on)
    if entry.answer is not None:
        return entry.answer
    try:
        with in_steady_time():
            order = _looked_up(request, shop, number, secret, now)
    except OrderNotFound:
        entry.tell(good=False, now=now)
        noted(judged, good=False)
        raise
    entry.tell(good=True, now=now)
    noted(judged, good=True)
    return Grant(order.id, order.number, now)


def _looked_up(request: HttpRequest, shop: ShopView, number: str, secret: str, now: datetime) -> OrderView:
    ip = network(client_ip(request))
    count_attempt(shop_id=shop.id, scope="lookup.ip", subject=ip, limit=TRIES_PER_ADDRESS, window=TRY_WINDOW, now=now)
    count_attempt(
        shop_id=shop.id,
        scope="lookup.order",
        subject=f"{ip}|{number}",
        limit=TRIES_PER_ORDER,
        window=TRY_WINDOW,
        now=now,
    )
    try:
        return orders.order_for_guest(shop.id, number, secret)
    except NotFound as error:
        raise OrderNotFound from error


@page("GET", "POST", private=True)
def lookup(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Find an order by its number and secret, never by contact alone."""
    asked = request.POST if request.method == "POST" else request.GET
    go = typed(asked.get("go", ""), 40)
    if request.method != "POST":
        form = LookupForm(initial={"number": typed(asked.get("number", ""), 40)})
        return show(request, "lookup", {"form": form, "go": go, "tab": "orders"})
    form = LookupForm(request.POST)
    if not form.is_valid():
        return show(request, "lookup", {"form": form, "go": go, "tab": "orders"}, status=422)
    number, secret = form.cleaned_data["number"], form.cleaned_data["secret"].strip()
    try:
        grant = prove(request, shop, number, secret, utc_now())
    except DomainError as error:
        context = {"form": form, "go": go, "error": error, "advice": advice_for(error), "tab": "orders"}
        answer = show(request, "lookup", context, status=error.http_status)
        if "retry_after" in error.data:
            answer["Retry-After"] = str(error.data["retry_after"])
        return answer
    return _granted(request, shop, grant, secret, go)


@page("GET", private=True)
def order(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """One order. A secret in the address is taken once, kept as a grant, and cleaned from the address."""
    if "k" in request.GET:
        secret = typed(request.GET["k"])
        return _granted(request, shop, prove(request, shop, number, secret, utc_now()), secret)
    known = grant_for(request, shop, number)
    if known is None:
        form = LookupForm(initial={"number": number})
        return show(request, "lookup", {"form": form, "tab": "orders", "known_number": number})
    return _order_page(request, shop, known)


def _granted(
    request: HttpRequest, shop: ShopView, grant: Grant | HttpResponse, secret: str, go: str = ""
) -> HttpResponse:
    if isinstance(grant, HttpResponse):
        return grant
    response = redirect(after_look_up(grant.number, go))
    proof.remember(response, request, shop.id, grant, secret)
    return response


def _order_page(
    request: HttpRequest, shop: ShopView, grant: Grant, revealed: Sequence[RevealedCode] = ()
) -> HttpResponse:
    now = utc_now()
    view: OrderView = orders.order_view(shop.id, grant.order_id)
    shown = code_page(shop.id, view, request.GET.get("page", "1"))
    refunds = orders.refunds_shown(shop.id, view)
    grants = grants_of(shop.id, view.id)
    away = orders.given_away(shop.id, [line.line_id for line in view.lines]) if shown.total else {}
    context = {
        "order": view,
        "refunds": refunds,
        "account_wrong": any(refund.reason == ACCOUNT_WRONG for refund in refunds),
        "lines": lines_with_codes(view, shown.codes, revealed, away),
        "codes": shown,
        "openable": [code.code_id for code in shown.codes if code.code_id not in away],
        "gifts": [ShownGift(one) for one in gifts.gifts_of(shop.id, view.id)] if shown.total else [],
        "givable": any(code.revealed_at is None and code.code_id not in away for code in shown.codes),
        "fresh": proof.is_fresh(grant, now),
        "fresh_until": proof.fresh_until(grant),
        "proof_address": _proof_address(view.number, grant),
        "by_account": grant.buyer_id is not None,
        "secret": proof.fresh_secret(request, shop.id, view.number),
        "revealed_any": bool(revealed),
        # Nobody need look every few seconds at what takes its time.
        "refresh_seconds": 30 if view.held_until else 5 if view.state in ("placed", "paid", "refunding") else 0,
        "claims": claims_of(shop.id, view),
        "offers": recalls_of(shop.id, view),
        "grants": grants,
        **take_context(request, shop, view.number, grants),
        "promises": promised_to(shop.id, view),
        "guides": list({guide.slug: guide for guide in guides_of(shop.id, view)}.values()),
        "top_up": view.lines[0] if is_top_up(view) else None,
        "stage": stage_of(shop.id, view),
        "live_state": live_state(shop.id, view),
        "proofs": delivery.top_up_proofs(shop.id, [view.lines[0].line_id]) if is_top_up(view) else [],
        "invoice": orders.invoice_of_order(shop.id, view.id) if shop.settings.get("invoices") else None,
        "may_invoice": bool(shop.settings.get("invoices")) and view.delivered_at is not None,
        "place": group_queries.place_of_order(shop.id, view.id) if view.discount.amount_minor else None,
        "now": now,
        "tab": "orders",
    }
    return show(request, "order", context)


@page("POST", private=True)
def reveal(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Show the codes asked for (at most one page of them); every one is written down by delivery.

    They are in this answer only: nothing keeps them, so the page shows them masked again when it is loaded anew.
    """
    grant = grant_for(request, shop, number)
    now = utc_now()
    if grant is None or not proof.is_fresh(grant, now):
        if wants_json(request):
            raise ProofNeeded
        return redirect(_proof_address(number, grant))
    wanted = ids_in(request.POST.getlist("code"))
    if not wanted:
        return redirect("storefront:order", number=number)
    judged = judged_reveal(request, shop, grant)
    if judged.answer is not None:
        return judged.answer
    found = reveal_codes(
        shop_id=shop.id,
        order_id=grant.order_id,
        code_ids=wanted,
        actor=actor(grant),
        ip=client_ip(request),
        now=now,
    )
    noted(judged, good=True)
    if wants_json(request):
        return JsonResponse({"codes": [_as_json(request, shop, grant, code) for code in found]})
    return _order_page(request, shop, grant, found)


def judged_reveal(request: HttpRequest, shop: ShopView, grant: Grant) -> Judged:
    """Codes cannot be called back: before they are shown. Raises Refused."""
    order = orders.order_view(shop.id, grant.order_id)
    since = (utc_now() - order.delivered_at).total_seconds() if order.delivered_at else None
    act = act_of(
        request, shop, Scene.REVEAL, buyer=orders.buyer_named(shop.id, order.id), subject=("order", order.id),
        amount=order.total, facts={"seconds_since_delivery": since},
    )  # fmt: skip
    return judge(request, shop, act, to=lambda: code_goes_to(request, shop, grant))


def _as_json(request: HttpRequest, shop: ShopView, grant: Grant, code: RevealedCode) -> dict[str, str]:
    """A revealed code for our script: its text, and its ticket turned over, drawn by the page's own template."""
    view = orders.order_view(shop.id, grant.order_id)
    masked = [held for held in delivery.masked_codes(shop.id, [code.line_id]) if held.code_id == code.code_id]
    [line] = [shown for shown in lines_with_codes(view, masked, [code]) if shown.codes]
    position = code_position(shop.id, view, code.code_id)
    context = {"code": replace(line.codes[0], position=position), "order": view, "fresh": True, "now": utc_now()}
    html = render_to_string("storefront/parts/code.html", context, request)
    return {"id": str(code.code_id), "number": code.number or "", "secret": code.secret, "html": html}


@page("POST", private=True)
def download(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """All codes of an order as TXT or CSV, after a fresh proof; every one is written down by delivery."""
    kind = request.POST.get("format", "txt")
    grant = grant_for(request, shop, number)
    now = utc_now()
    if grant is None or not proof.is_fresh(grant, now):
        return redirect(_proof_address(number, grant))
    judged = judged_reveal(request, shop, grant)
    if judged.answer is not None:
        return judged.answer
    view = orders.order_view(shop.id, grant.order_id)
    found = reveal_codes(shop_id=shop.id, order_id=grant.order_id, actor=actor(grant), ip=client_ip(request), now=now)
    noted(judged, good=True)
    return codes_file(view, found, kind if kind in FORMATS else "txt")


@page("GET", private=True)
def receipt(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Order number, secret and link as a small text file, while the proof is fresh."""
    grant = proof.grant_for(request, shop.id, number)
    secret = proof.fresh_secret(request, shop.id, number) if grant else None
    if grant is None or secret is None:
        return redirect(reverse("storefront:proof", args=[number]))
    link = scheme_and_host(request) + reverse("storefront:order", args=[number])
    return receipt_file(shop.name, number, secret, link)


@page("GET", "POST", private=True)
def prove_again(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Ask for the order's secret once more before codes are shown."""
    if request.method != "POST":
        return show(request, "proof", {"form": ProofForm(), "number": number, "tab": "orders"})
    form = ProofForm(request.POST)
    if not form.is_valid():
        return show(request, "proof", {"form": form, "number": number, "tab": "orders"}, status=422)
    secret = form.cleaned_data["secret"].strip()
    try:
        grant = prove(request, shop, number, secret, utc_now())
    except DomainError as error:
        context = {
            "form": form,
            "number": number,
            "error": error,
            "advice": advice_for(error),
            "tab": "orders",
        }
        return show(request, "proof", context, status=error.http_status)
    return _granted(request, shop, grant, secret)


@page("POST", private=True)
def lock(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Lock an order's codes in this browser at once."""
    response = redirect("storefront:order", number=number)
    proof.expire_proof(response, request, shop.id, number)
    buyer = current(request, shop)
    if buyer is not None and by_account(shop, buyer, number) is not None:
        end_proof(buyer=buyer)
    return response


@page("GET", private=True)
def my_orders(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """The orders and codes of the account that is signed in, and of this browser."""
    buyer = current(request, shop)
    after = ids_in([request.GET.get("after", "")], 1) if buyer else []
    mine = account_wallet(shop.id, buyer.ref, after[0] if after else None) if buyer else None
    known = {entry.order.id for entry in mine.entries} if mine else set()
    held = [] if after else wallet(shop.id, [g for g in proof.grants_of(request, shop.id) if g.order_id not in known])
    context = {"mine": mine, "entries": held, "buyer": buyer, "tab": "orders"}
    return show(request, "orders", context)


def _proof_address(number: str, grant: Grant | None) -> str:
    return proof_address(grant) if grant else reverse("storefront:proof", args=[number])
