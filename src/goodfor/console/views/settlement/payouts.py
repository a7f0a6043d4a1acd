"""Paying statements: files for the bank, payouts on their way, and how each ended."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import finance_words, settlement_words
from goodfor.console import money_fields as fields
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.settlement.statement import payout_row
from goodfor.finance import queries as finance
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.settlement import queries as settlement
from goodfor.settlement.operations import fetch_payout_file, make_payout_file, resolve_payout
from goodfor.settlement.types import PayoutFileView, PayoutView, StatementView

PAGE: Final = "desk:settlement-payouts"
UNFINISHED: Final = ("created", "requested", "unknown")
SHOWN: Final = 50


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def payouts(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What waits to be paid, what is on its way, and the last files. POST makes a file of what was picked."""
    if request.method != "POST":
        return _payouts(request, visitor)
    if not visitor.may(Permission.LEDGER_ADJUST):
        raise NotAllowed
    require_fresh_proof(request)
    try:
        made, _bytes = make_payout_file(
            shop_id=visitor.shop.id, statement_ids=_picked(request), bank_format=request.POST.get("bank", ""),
            actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _payouts(request, visitor, error)
    return done(request, _("银行文件已生成，下载后交给银行"), reverse("desk:settlement-file", args=[made.id]))


def _picked(request: HttpRequest) -> list[UUID]:
    try:
        ids = [UUID(text) for text in request.POST.getlist("pick")]
    except ValueError:
        raise InvalidInput from None
    if not ids:
        raise InvalidInput(_("请先选择"))
    return ids


def _payouts(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    shop_id, now = visitor.shop.id, utc_now()
    parties = {one.id: one for one in finance.parties(shop_id)}
    waiting = [one for one in settlement.payable(shop_id) if one.is_due]
    running = settlement.payouts_of_shop(shop_id, in_states=UNFINISHED, limit=SHOWN * 4)
    ended = settlement.payouts_of_shop(shop_id, in_states=("succeeded", "failed"), limit=SHOWN)
    people = finance_words.People(shop_id)
    picked = request.POST.getlist("pick")
    context = {
        "waiting": [_waiting(one, parties.get(one.party_id), now, picked) for one in waiting],
        "running": [_with_party(one, parties) for one in running],
        "ended": [_with_party(one, parties) for one in ended],
        "files": [(*_file(one), people.name(one.made_by)) for one in settlement.payout_files(shop_id, limit=SHOWN)],
        "banks": [(name, settlement_words.BANKS.get(name, name)) for name in settlement.bank_formats()],
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
        "error": error,
        "numbers": "、".join(error.data.get("numbers", [])) if error else "",
    }
    status = error.http_status if error else 200
    return show(request, visitor, "settlement/payouts", context, page=PAGE, status=status)


def _waiting(one: StatementView, party: Any, now: Any, picked: list[str]) -> dict[str, Any]:
    frozen = party.frozen_until if party and party.frozen_until and party.frozen_until > now else None
    return {
        "one": one,
        "amount": Money(one.payable_minor, one.currency),
        "frozen": frozen,
        "no_bank": party is None or not party.has_bank,
        "may": party is not None and party.has_bank and frozen is None,
        "picked": str(one.id) in picked,
    }


def _with_party(one: PayoutView, parties: Mapping[UUID, Any]) -> dict[str, Any]:
    party = parties.get(one.party_id)
    return {**payout_row(one), "party": party.name if party else ""}


def _file(one: PayoutFileView) -> tuple[PayoutFileView, Any, Money]:
    return one, settlement_words.BANKS.get(one.bank_format, one.bank_format), Money(one.total_minor, one.currency)


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def file(request: HttpRequest, visitor: Visitor, payout_file_id: UUID) -> HttpResponse:
    """One file. `act`: download (the same bytes as when it was made), or arrived (what the bank's list shows)."""
    found = settlement.payout_file(visitor.shop.id, payout_file_id)
    if request.method != "POST":
        return _one_file(request, visitor, found)
    if not visitor.may(Permission.LEDGER_ADJUST):
        raise NotAllowed
    if request.POST.get("act", "") not in ("download", "arrived"):
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    try:
        if request.POST["act"] == "download":
            return _download(visitor, found)
        count = _arrived(request, visitor, found)
    except DomainError as error:
        return _one_file(request, visitor, found, error)
    return done(request, _("%(n)s 笔已登记到账") % {"n": count}, reverse("desk:settlement-file", args=[found.id]))


def _download(visitor: Visitor, found: PayoutFileView) -> HttpResponse:
    content = fetch_payout_file(shop_id=visitor.shop.id, file_id=found.id, actor=visitor.actor, now=utc_now())
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
    return response


def _arrived(request: HttpRequest, visitor: Visitor, found: PayoutFileView) -> int:
    """Those picked, each on its own: one that was told before is no reason to refuse the others."""
    reference = fields.text_of(request.POST, "reference", 80)
    if not reference:
        raise InvalidInput(_("请填写银行的流水号或批次号"), field="reference")
    picked, count = set(_picked(request)), 0
    for one in settlement.payouts_of_file(visitor.shop.id, found.id):
        if one.id in picked and one.state in UNFINISHED:
            resolve_payout(
                shop_id=visitor.shop.id, payout_id=one.id, arrived=True, reference=reference, note="",
                actor=visitor.actor, now=utc_now(),
            )  # fmt: skip
            count += 1
    return count


def _one_file(
    request: HttpRequest, visitor: Visitor, found: PayoutFileView, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, errors = visitor.shop.id, finance_words.errors_of(error)
    parties = {one.id: one for one in finance.parties(shop_id)}
    rows = settlement.payouts_of_file(shop_id, found.id)
    one, bank, total = _file(found)
    context = {
        "title": found.number,
        "file": one,
        "bank": bank,
        "total": total,
        "sha256": found.sha256.hex(),
        "by": finance_words.People(shop_id).name(found.made_by),
        "rows": [_with_party(row, parties) for row in rows],
        "open": sum(row.state in UNFINISHED for row in rows),
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
        "errors": errors,
        "error": error if error and not errors else None,
        "reference": request.POST.get("reference", "")[:80],
    }
    crumbs = [(_("打款"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settlement/file", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def payout(request: HttpRequest, visitor: Visitor, payout_id: UUID) -> HttpResponse:
    """One try to pay. `act`: arrived (with the bank's number) or failed (with why); a failed one may be tried anew."""
    found = settlement.payout(visitor.shop.id, payout_id)
    if request.method != "POST":
        return _payout(request, visitor, found)
    if not visitor.may(Permission.LEDGER_ADJUST):
        raise NotAllowed
    what = request.POST.get("act", "")
    if what not in ("arrived", "failed"):
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    reference, note = fields.text_of(request.POST, "reference", 80), fields.text_of(request.POST, "note")
    try:
        if what == "arrived" and not reference:
            raise InvalidInput(_("请填写银行的流水号或批次号"), field="reference")
        if what == "failed" and not note:
            raise InvalidInput(_("请填写原因"), field="note")
        resolve_payout(
            shop_id=visitor.shop.id, payout_id=payout_id, arrived=what == "arrived", reference=reference, note=note,
            actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _payout(request, visitor, found, error)
    said = _("已登记到账") if what == "arrived" else _("已登记没有到账，结算单重新批准后可以再打一次")
    return done(request, said, reverse("desk:settlement-statement", args=[found.statement_id]))


def _payout(
    request: HttpRequest, visitor: Visitor, found: PayoutView, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, errors = visitor.shop.id, finance_words.errors_of(error)
    of = settlement.statement(shop_id, found.statement_id)
    # A provider is asked until it knows; only what nobody could tell is told by a person.
    tellable = found.state in UNFINISHED if found.way == "file" else found.state == "unknown"
    context = {
        "title": found.number,
        **payout_row(found),
        "statement": of,
        "by": finance_words.People(shop_id).name(found.started_by),
        "may_act": visitor.may(Permission.LEDGER_ADJUST) and tellable,
        "errors": errors,
        "error": error if error and not errors else None,
        "typed": request.POST.dict() if error else {},
    }
    crumbs = [(_("打款"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settlement/payout", context, page=PAGE, crumbs=crumbs, status=status)
