"""What a supplier sells, searched; and what was said in calls to it."""

import json
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import supply_words as words
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.console.views.supply.tabs import tabs_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.supply import queries as supply
from goodfor.supply.operations.show_call import show_call

PAGE: Final = "desk:suppliers"
SIZE: Final = 50
MOST_PAGES: Final = 10_000
LONGEST: Final = 100


@console_page(Permission.SUPPLY_VIEW)
def items(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """A page of its items: by name or id, by state."""
    one = supply.supplier(visitor.shop.id, supplier_id)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    state = request.GET.get("state", "") if request.GET.get("state", "") in words.ITEM_STATES else ""
    page = page_number(request.GET.get("page", ""))
    found = supply.search_items(
        visitor.shop.id, supplier_id=supplier_id, text=text, state=state, offset=(page - 1) * SIZE, limit=SIZE + 1
    )
    query = request.GET.copy()
    context = {
        "title": one.name,
        "supplier": one,
        "tabs": tabs_of(visitor, one),
        "tab": "items",
        "rows": [item_row(row) for row in found[:SIZE]],
        "q": text,
        "state": state,
        "states": [(key, label) for key, (label, _tone) in words.ITEM_STATES.items()],
        "swept_at": supply.supplier_sheet(visitor.shop.id, supplier_id, utc_now()).row.swept_at,
        "page": page,
        "next": _address(query, page + 1) if len(found) > SIZE else "",
        "previous": _address(query, page - 1) if page > 1 else "",
    }
    return show(request, visitor, "supply/items", context, page=PAGE, crumbs=[(_("全部供应商"), reverse(PAGE))])


def page_number(text: str) -> int:
    """From 1; what is none is the first."""
    return max(1, min(int(text), MOST_PAGES)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _address(query: Any, page: int) -> str:
    query["page"] = str(page)
    return f"?{query.urlencode()}"


def item_row(row: supply.ItemView) -> dict[str, Any]:
    """An item as tables show it."""
    label, tone = words.ITEM_STATES.get(row.state, (row.state, "plain"))
    stock = f"{row.stock:,}" if row.stock is not None else words.STOCKS.get(row.stock_word, row.stock_word)
    return {
        "item": row,
        "cost": words.cost(row.cost, row.currency),
        "face": words.cost(row.face_value, row.face_currency or row.currency) if row.face_value is not None else "",
        "kind": words.KINDS.get(row.kind, row.kind),
        "state": label,
        "tone": tone,
        "stock": stock,
        "out": row.stock_word == "out" or row.stock == 0,
    }


@console_page(Permission.SUPPLY_VIEW)
def calls(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """The last calls: which, when, how they ended. What was said is shown one by one, and each look is written down."""
    one = supply.supplier(visitor.shop.id, supplier_id)
    context = {
        "title": one.name,
        "supplier": one,
        "tabs": tabs_of(visitor, one),
        "tab": "calls",
        "calls": [call_row(row) for row in supply.calls(visitor.shop.id, supplier_id=supplier_id, limit=100)],
        "may_read": visitor.may(Permission.SUPPLY_MANAGE),
        "with_purchase": True,
    }
    return show(request, visitor, "supply/calls", context, page=PAGE, crumbs=[(_("全部供应商"), reverse(PAGE))])


def call_row(row: supply.CallLine) -> dict[str, Any]:
    """A call as tables show it."""
    ok = not row.problem and 200 <= row.status < 300
    return {
        "call": row,
        "what": words.call(row.what),
        "problem": words.reason(row.problem) if row.problem else "",
        "tone": "green" if ok else "red",
        "status": str(row.status) if row.status else "–",
    }


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def call(request: HttpRequest, visitor: Visitor, call_id: UUID) -> HttpResponse:
    """What was said, as it was kept: keys and codes masked. Who looked stands in the audit trail."""
    found = show_call(shop_id=visitor.shop.id, call_id=call_id, actor=visitor.actor, now=utc_now())
    one = supply.supplier(visitor.shop.id, found.supplier_id)
    here = reverse("desk:supplier", args=[one.id])
    crumbs = [(_("全部供应商"), reverse(PAGE)), (one.name, here)]
    if found.attempt_id:
        bought = supply.attempt(visitor.shop.id, found.attempt_id)
        crumbs = [(_("采购单"), reverse("desk:purchases")), (bought.number, reverse("desk:purchase", args=[bought.id]))]
    context = {
        "title": words.call(found.what),
        "found": found,
        "supplier": one,
        "problem": words.reason(found.problem) if found.problem else "",
        "sent": readable(found.request),
        "answered": readable(found.reply),
    }
    return show(request, visitor, "supply/call", context, page=PAGE, crumbs=crumbs)


def readable(text: str) -> str:
    """JSON with indents; anything else, also JSON that was cut off, as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text
