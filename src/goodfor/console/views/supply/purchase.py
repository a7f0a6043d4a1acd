"""One purchase: why this supplier, what happened, what was said, what was booked."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import supply_words as words
from goodfor.console.desk.purchases import LONG, PurchaseRow, rows_of, span
from goodfor.console.desk.suppliers import protocol_label
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.supply.items import call_row
from goodfor.console.words import POSTING_KINDS, word
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.orders import queries as orders
from goodfor.supply import queries as supply
from goodfor.supply.operations.note_warning import WARNINGS, note_warning

PAGE: Final = "desk:purchases"
OUT: Final = frozenset({"sending", "accepted", "unknown"})


@console_page(Permission.SUPPLY_VIEW)
def purchase(request: HttpRequest, visitor: Visitor, attempt_id: UUID) -> HttpResponse:
    """Everything about it but codes."""
    row = rows_of(visitor.shop.id, [supply.purchase(visitor.shop.id, attempt_id)])[0]
    one = row.view.attempt
    context = {
        **facts_of(visitor, row),
        "trace": trace_of(visitor.shop.id, row.view),
        "calls": [call_row(line) for line in supply.calls(visitor.shop.id, attempt_id=one.id, limit=100)],
        "may_read": visitor.may(Permission.SUPPLY_MANAGE),
        "with_purchase": False,
        "warnings": [(key, words.WARNINGS[key]) for key in WARNINGS] if visitor.may(Permission.SUPPLY_MANAGE) else [],
        "books": books_of(visitor, one.id),
        "others": [
            (other, words.PURCHASES[other.attempt.state])
            for other in supply.purchases_of_order(visitor.shop.id, one.order_id)
            if other.attempt.line_id == one.line_id and other.id != one.id
        ],
    }
    return show(request, visitor, "supply/purchase", context, page=PAGE, crumbs=[(_("采购单"), reverse(PAGE))])


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def warned(request: HttpRequest, visitor: Visitor, attempt_id: UUID) -> HttpResponse:
    """Their word that something about it was not honest, as it came by telephone or chat."""
    note_warning(
        shop_id=visitor.shop.id, attempt_id=attempt_id, kind=request.POST.get("kind", ""),
        note=request.POST.get("note", ""), actor=visitor.actor, now=utc_now(),
    )  # fmt: skip
    return done(request, _("已登记，风控会参考"), reverse("desk:purchase", args=[attempt_id]))


def facts_of(visitor: Visitor, row: PurchaseRow) -> dict[str, Any]:
    """What both the purchase's page and the desk of unknown outcomes show."""
    view, one = row.view, row.view.attempt
    state, tone = words.PURCHASES[one.state]
    now = utc_now()
    return {
        "title": one.number,
        "row": row,
        "view": view,
        "one": one,
        "state": state,
        "tone": tone,
        "reason": words.reason(one.reason) if one.reason else "",
        "protocol": protocol_label(view.protocol),
        "expected": words.cost(_decimal(one.trace.get("expected")), one.currency),
        "most": words.cost(one.max_cost, one.currency),
        "charged": words.cost(one.charged, one.currency),
        "too_dear": one.charged is not None and one.charged > one.max_cost,
        "refunded": words.cost(one.refunded, one.currency) if one.refunded else "",
        "price": Money(view.price_minor, view.currency),
        "kind": words.KINDS.get(view.kind, view.kind),
        "want": words.WANTS.get(view.want_state, view.want_state),
        "want_reason": words.reason(view.want_reason) if view.want_reason else "",
        "span": span(row),
        "history": history_of(visitor, row),
        "late": view.deadline_at < now and one.ended_at is None,
        "undecided": one.state == "manual" or (one.state in OUT and one.sent_at < now - LONG),
        "open": one.state in OUT or one.state == "manual",
    }


def _decimal(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None


def trace_of(shop_id: UUID, view: supply.PurchaseView) -> dict[str, Any]:
    """The candidates in order, the chosen one marked, and what kept each of the others out."""
    trace = view.attempt.trace
    order, why_not = trace.get("order") or [], trace.get("why_not") or {}
    known = [one for one in [*(entry["offer"] for entry in order), *why_not] if one]
    names = {str(key): pair for key, pair in supply.offer_names(shop_id, [UUID(one) for one in known]).items()}
    rows = []
    for entry in order:
        supplier, item = names.get(entry["offer"], (entry.get("supplier", ""), ""))
        rows.append({
            "supplier": supplier, "item": item, "chosen": entry["offer"] == trace.get("chosen"),
            "quantity": entry.get("quantity"), "landed": words.cost(_decimal(entry.get("landed")), view.currency),
            "priority": entry.get("priority"), "success": writing.percent(entry.get("success")),
            "p95": writing.seconds(entry["p95"]) if entry.get("p95") else "–",
            "why": words.reason(why_not[entry["offer"]]) if entry["offer"] in why_not else "",
            "judged": words.JUDGED.get(entry.get("judged", ""), ("", ""))[0],
        })  # fmt: skip
    ranked = {entry["offer"] for entry in order}
    out = [
        {"supplier": names.get(offer, ("", ""))[0] or _("已删除的货源"), "item": names.get(offer, ("", ""))[1],
         "why": words.reason(reason)}
        for offer, reason in why_not.items()
        if offer not in ranked
    ]  # fmt: skip
    lost = int(trace.get("loss_minor") or 0)
    return {"rows": rows, "out": out, "loss": Money(lost, view.currency) if lost else None}


def history_of(visitor: Visitor, row: PurchaseRow) -> list[dict[str, Any]]:
    """Its states in order, for `c-timeline`."""
    who = {person.actor: person.username for person in identity.staff_of_shop(visitor.shop.id)}
    kinds = {"system": _("系统"), "supplier": _("供应商")}
    items = []
    for step in orders.order_history(visitor.shop.id, [row.view.id]):
        label, tone = words.PURCHASES.get(step.to_state, (step.to_state, ""))
        cause = "" if step.cause.startswith("want:") or step.cause == step.to_state else words.reason(step.cause)
        items.append({
            "at": step.at, "label": label, "tone": "" if tone == "plain" else tone, "text": cause,
            "who": who.get(step.actor) or kinds.get(step.actor.partition(":")[0], step.actor),
        })  # fmt: skip
    return items


def books_of(visitor: Visitor, attempt_id: UUID) -> list[tuple[Any, str]]:
    """What was booked, for those who may see the books."""
    if not visitor.may(Permission.LEDGER_VIEW):
        return []
    return [(tx, word(POSTING_KINDS, tx.kind)) for tx in supply.books_of_purchase(visitor.shop.id, attempt_id)]
