"""What a partner is paid: its statements behind a signed link, without an account; to read, take along, agree, object.

The link says whose they are; each address asks anew whether it still opens anything, and here, at this shop.
"""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

import re
from datetime import timedelta
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.settlement import queries as settlement
from goodfor.settlement.errors import LinkInvalid, UnknownWay
from goodfor.settlement.operations import confirm_statement, reject_statement
from goodfor.settlement.types import LinkView, PayoutView, StatementView
from goodfor.storefront.advice import advice_for
from goodfor.storefront.forms import ids_in, typed
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show

FILES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
MOST_REASON: Final = 200
_PAGE, _ITEMS = 24, 100
_HOUR: Final = timedelta(hours=1)
_FILES_AN_HOUR, _WORDS_AN_HOUR = 60, 30
_PLACE = re.compile(r"(\d{1,18})\.(\d{1,5})", re.ASCII)


@page("GET", private=True)
def statements(request: HttpRequest, shop: ShopView, token: str) -> HttpResponse:
    """All statements of the partner, newest first, and what is not on any yet."""
    link = _opened(shop, token)
    party = settlement.owner_of(link)
    before = ids_in([request.GET.get("before", "")], 1)
    found = settlement.statements(
        shop.id, party_id=party.id, before=before[0] if before else None, limit=_PAGE + 1
    )  # fmt: skip
    owed = settlement.owed(party, shop.id)
    context = {
        "token": token,
        "link": link,
        "party": party,
        "owed": owed,
        "owed_amount": Money(owed.amount_minor, party.currency),
        "rows": [_shown(view) for view in found[:_PAGE]],
        "next": found[_PAGE - 1].id if len(found) > _PAGE else None,
        "first": not before,
    }
    return show(request, "partner", context)


@page("GET", private=True)
def statement(request: HttpRequest, shop: ShopView, token: str, statement_id: UUID) -> HttpResponse:
    """One statement: what is paid and why, line by line."""
    return _page(request, shop, token, statement_id)


@page("GET", private=True)
def file(request: HttpRequest, shop: ShopView, token: str, statement_id: UUID, kind: str) -> HttpResponse:
    """A statement as PDF, XLSX or CSV with all its lines."""
    link = _opened(shop, token)
    view = settlement.statement(shop.id, statement_id, party_id=link.party_id)
    if kind not in FILES:
        raise UnknownWay(kind=kind[:8])
    _count(link, "partner.file", _FILES_AN_HOUR)
    out = BytesIO()
    settlement.statement_file(shop.id, view.id, kind, out, party_id=link.party_id)
    response = HttpResponse(out.getvalue(), content_type=FILES[kind])
    response["Content-Disposition"] = f'attachment; filename="{view.number[-60:]}.{kind}"'
    return response


@page("POST", private=True)
def confirm(request: HttpRequest, shop: ShopView, token: str, statement_id: UUID) -> HttpResponse:
    """The partner agrees."""
    link = _opened(shop, token)
    try:
        _count(link, "partner.word", _WORDS_AN_HOUR)
        confirm_statement(
            shop_id=shop.id, statement_id=statement_id, actor=_actor(link), party_id=link.party_id, now=utc_now()
        )
    except DomainError as error:
        return _page(request, shop, token, statement_id, error)
    return redirect("storefront:partner_statement", token, statement_id)


@page("POST", private=True)
def object_to(request: HttpRequest, shop: ShopView, token: str, statement_id: UUID) -> HttpResponse:
    """The partner does not agree, and says why: the statement is void and its lines come on another one."""
    link = _opened(shop, token)
    reason = typed(request.POST.get("reason", ""), MOST_REASON).strip()
    try:
        _count(link, "partner.word", _WORDS_AN_HOUR)
        reject_statement(
            shop_id=shop.id, statement_id=statement_id, reason=reason, actor=_actor(link), party_id=link.party_id,
            now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _page(request, shop, token, statement_id, error)
    return redirect("storefront:partner_statement", token, statement_id)


def _opened(shop: ShopView, token: str) -> LinkView:
    """What the link opens, at this shop. Raises LinkInvalid."""
    link = settlement.open_link(token, utc_now())
    if link.shop_id != shop.id:
        raise LinkInvalid
    return link


def _actor(link: LinkView) -> str:
    return f"party:{link.party_id}"


def _count(link: LinkView, scope: str, limit: int) -> None:
    count_attempt(
        shop_id=link.shop_id, scope=scope, subject=str(link.party_id), limit=limit, window=_HOUR, now=utc_now()
    )


def _shown(view: StatementView) -> dict[str, Any]:
    return {
        "view": view,
        "state": settlement.state_word(view.state),
        "tone": {"paid": "green", "rejected": "plain", "draft": "amber"}.get(view.state, "plain"),
        "amount": Money(view.items_minor if view.confirmation else view.payable_minor, view.currency),
    }


def _page(
    request: HttpRequest, shop: ShopView, token: str, statement_id: UUID, error: DomainError | None = None
) -> HttpResponse:
    link = _opened(shop, token)
    view = settlement.statement(shop.id, statement_id, party_id=link.party_id)
    place = _PLACE.fullmatch(request.GET.get("after", ""))
    after = (int(place[1]), int(place[2])) if place and int(place[2]) < 2**15 else (0, -1)
    found = settlement.items(shop.id, view.id, after=after, limit=_ITEMS + 1)
    last = found[_ITEMS - 1] if len(found) > _ITEMS else None
    context = {
        **_shown(view),
        "token": token,
        "link": link,
        "explained": settlement.explained(view),
        "kinds": [
            (settlement.kind_word(one.what), one.count, Money(one.amount_minor, view.currency)) for one in view.kinds
        ],
        "carry": Money(view.carry_minor, view.currency) if view.carry_minor else None,
        "held": Money(-view.held_minor, view.currency) if view.held_minor else None,
        "items": [
            (one, settlement.kind_word(one.what), Money(one.amount_minor, view.currency)) for one in found[:_ITEMS]
        ],
        "next": f"{last.tx_id}.{last.seq}" if last else "",
        "first": after == (0, -1),
        "payout": _payout(settlement.payouts(shop.id, view.id)),
        "checksum": view.content_hash.hex(),
        "most_reason": MOST_REASON,
        "reason": typed(request.POST.get("reason", ""), MOST_REASON),
        "no_reason": isinstance(error, InvalidInput),
        "error": error,
        "advice": advice_for(error) if error else "",
    }
    return show(request, "partner_statement", context, status=error.http_status if error else 200)


def _payout(tries: list[PayoutView]) -> PayoutView | None:
    """The try that counts: one that failed is the shop's to repeat, and tells the partner nothing."""
    return next((one for one in reversed(tries) if one.state != "failed"), None)
