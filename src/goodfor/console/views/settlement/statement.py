"""One statement: what it lists and why, who did what with it, and what can be done next."""

from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, Final
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import finance_words, settlement_words
from goodfor.console import money_fields as fields
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, done, show
from goodfor.console.second_person import colleagues, must_be_oneself
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.finance import queries as finance
from goodfor.finance.errors import PartyNotFound
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.settlement import queries as settlement
from goodfor.settlement.operations import (
    approve_statement,
    confirm_statement,
    reject_statement,
    remake_statement,
    start_payout,
)
from goodfor.settlement.types import PayoutView, StatementView

PAGE: Final = "desk:settlement-statements"
ITEMS: Final = 100
TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
_DONE: Final = ("confirm", "approve", "reject", "remake", "pay")


@console_page(Permission.LEDGER_VIEW)
def statement(request: HttpRequest, visitor: Visitor, settlement_id: UUID) -> HttpResponse:
    """Facts, sums by kind, items, history."""
    return _statement(request, visitor, settlement.statement(visitor.shop.id, settlement_id))


def _statement(
    request: HttpRequest, visitor: Visitor, found: StatementView, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, now = visitor.shop.id, utc_now()
    people, errors = finance_words.People(shop_id), finance_words.errors_of(error)
    try:
        party = finance.party(shop_id, found.party_id)
    except PartyNotFound:
        party = None
    frozen = party.frozen_until if party and party.frozen_until and party.frozen_until > now else None
    payouts = settlement.payouts(shop_id, found.id)
    context: dict[str, Any] = {
        "title": found.number,
        "one": found,
        "party": party,
        "frozen": frozen,
        "bank_seen": party.bank_changed_at.isoformat() if party and party.bank_changed_at else "",
        "no_bank": party is not None and not party.has_bank,
        "state": settlement_words.STATES[found.state],
        "digest": found.content_hash.hex(),
        "kind": finance_words.KINDS.get(found.party_kind, found.party_kind),
        "cycle": finance_words.CYCLES.get(found.cycle, found.cycle),
        "items_sum": Money(found.items_minor, found.currency),
        "carry": Money(found.carry_minor, found.currency),
        "held": Money(-found.held_minor, found.currency),
        "payable": Money(found.payable_minor, found.currency),
        "least": Money(found.min_payout_minor, found.currency),
        "kinds": [
            (*settlement_words.KINDS[one.what], one.count, Money(one.amount_minor, found.currency))
            for one in found.kinds
        ],
        "accounts": [
            (ledger.account_label(code), code, Money(minor, found.currency))
            for code, minor in sorted(found.accounts.items())
        ],
        "approvals": [people.name(one) for one in found.approvals],
        "missing": max(0, found.approvals_needed - len(found.approvals)),
        "confirmed_by": people.name(found.confirmed_by) if found.confirmed_by else "",
        "approved_by_me": visitor.actor in found.approvals,
        "payouts": [payout_row(one) for one in payouts],
        "history": _history(visitor, found, people),
        "newer": settlement.successor(shop_id, found.id) if found.state == "rejected" else None,
        "ways": settlement.ways(shop_id, found.currency, now),
        "papers": [(kind, kind.upper()) for kind in settlement.paper_kinds() if kind in TYPES],
        "may": _may(visitor, found, frozen),
        "reason": request.POST.get("reason", "")[:200],
        "errors": errors,
        "error": error if error and not errors else None,
        **_items(request, shop_id, found),
    }
    crumbs = [(_("结算单"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settlement/statement", context, page=PAGE, crumbs=crumbs, status=status)


def _may(visitor: Visitor, found: StatementView, frozen: datetime | None) -> dict[str, bool]:
    """What can be done next, by whoever may act at all."""
    acts = visitor.may(Permission.LEDGER_ADJUST)
    return {
        "confirm": acts and found.state == "draft",
        "approve": acts and found.state == "confirmed" and visitor.actor not in found.approvals,
        "reject": acts and found.state in ("draft", "confirmed", "approved"),
        "remake": acts and found.state == "rejected",
        "pay": acts and found.state == "approved" and frozen is None,
    }


def payout_row(one: PayoutView) -> dict[str, Any]:
    """A payout in words."""
    state, tone = settlement_words.PAYOUTS.get(one.state, (one.state, "plain"))
    return {
        "one": one, "state": state, "tone": tone, "way": settlement_words.way(one.way),
        "amount": Money(one.amount_minor, one.currency),
        "failure": settlement_words.failure(one.failure) if one.failure else "",
    }  # fmt: skip


def _items(request: HttpRequest, shop_id: UUID, found: StatementView) -> dict[str, Any]:
    """A page of what it lists, in the order of the books."""
    tx, _dot, seq = request.GET.get("after", "").partition(".")
    plain = all(part.isascii() and part.isdigit() and len(part) < 19 for part in (tx, seq))
    after = (int(tx), min(int(seq), 32_767)) if plain else (0, -1)
    rows = settlement.items(shop_id, found.id, after=after, limit=ITEMS + 1)
    shown = rows[:ITEMS]
    numbers = {
        one.id: one.number for one in orders.desk_orders(shop_id, list({r.order_id for r in shown if r.order_id}))
    }
    names = sku_names(shop_id, list({row.sku_id for row in shown if row.sku_id}))
    return {
        "items": [
            (
                row, settlement_words.KINDS[row.what][0], Money(row.amount_minor, found.currency),
                numbers.get(row.order_id, "") if row.order_id else "", names.get(row.sku_id, "") if row.sku_id else "",
            )
            for row in shown
        ],
        "next": f"?after={shown[-1].tx_id}.{shown[-1].seq}#items" if len(rows) > ITEMS else "",
        "paged": plain,
    }  # fmt: skip


def _history(visitor: Visitor, found: StatementView, people: finance_words.People) -> list[dict[str, Any]]:
    """Moves of the statement and of its payouts, newest first."""
    told = []
    for one in settlement.history(visitor.shop.id, found.id):
        table = settlement_words.PAYOUTS if one.payout else settlement_words.STATES
        word, tone = table.get(one.after, (one.after, "plain"))
        label = _("打款 %(number)s：%(state)s") % {"number": one.payout, "state": word} if one.payout else str(word)
        cause = settlement_words.CAUSES.get(one.cause.partition(":")[0], "")
        told.append(
            {
                "at": one.at, "label": _("生成") if not one.before and not one.payout else label,
                "who": people.name(one.actor), "text": str(cause), "tone": tone if tone in ("green", "red") else "",
            }
        )  # fmt: skip
    if found.reason and told:
        told[-1]["text"] = found.reason
    return told[::-1]


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, settlement_id: UUID) -> HttpResponse:
    """`act`: confirm (in the party's name), approve, reject (with a reason), remake, pay (by a provider)."""
    found = settlement.statement(visitor.shop.id, settlement_id)
    if request.POST.get("act", "") not in _DONE:
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    try:
        return _act(request, visitor, found)
    except DomainError as error:
        # A bank account that changed takes approvals back: as it is now.
        return _statement(request, visitor, settlement.statement(visitor.shop.id, found.id), error)


def _act(request: HttpRequest, visitor: Visitor, found: StatementView) -> HttpResponse:
    now = utc_now()
    common: dict[str, Any] = {
        "shop_id": visitor.shop.id, "statement_id": found.id, "actor": visitor.actor, "now": now,
    }  # fmt: skip
    what, here = request.POST["act"], reverse("desk:settlement-statement", args=[found.id])
    if what == "confirm":
        confirm_statement(**common)
        return done(request, _("已代对方确认"), here)
    if what == "approve":
        if found.approvals_needed > 1:
            must_be_oneself(visitor, now)
        made = approve_statement(
            **common, bank_seen=request.POST.get("bank_seen"), alone=not colleagues(visitor, now)
        )  # fmt: skip
        said = _("已批准，还需要另一位同事") if made.state == "confirmed" else _("已批准")
        return done(request, said, here)
    if what == "reject":
        reason = fields.text_of(request.POST, "reason")
        if not reason:
            raise InvalidInput(_("请填写原因"), field="reason")
        reject_statement(**common, reason=reason)
        return done(request, _("已作废，明细回到下一张"), here)
    if what == "remake":
        made = remake_statement(**common)
        return done(request, _("已生成新版本"), reverse("desk:settlement-statement", args=[made.id]))
    start_payout(**common, way=fields.text_of(request.POST, "way", 32))
    return done(request, _("已开始打款，结果会显示在这里"), here)


@console_page(Permission.LEDGER_VIEW, methods=("POST",))
def file(request: HttpRequest, visitor: Visitor, settlement_id: UUID) -> Any:
    """The statement with all its items as a file; taking it leaves a line in the trail."""
    found = settlement.statement(visitor.shop.id, settlement_id)
    require_fresh_proof(request)
    kind = request.POST.get("kind", "")
    # Closed by the answer once it is sent.
    out = TemporaryFile()  # noqa: SIM115
    settlement.statement_file(visitor.shop.id, found.id, kind, out)
    out.seek(0)
    return FileResponse(
        out, as_attachment=True, filename=f"{found.number}-v{found.version}.{kind}", content_type=TYPES[kind]
    )  # fmt: skip
