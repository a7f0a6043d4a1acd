"""Accounts with suppliers: what the books say and what they say, day by day, and what waits for a person."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import supply_account_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.supply import queries as supply
from goodfor.supply.operations.note_finding import close_finding
from goodfor.supply.operations.record_movement import record_movement
from goodfor.supply.types import AccountView, BalanceDayView, FindingView

PAGE: Final = "desk:supply-accounts"
_DAYS: Final = 31


@console_page(Permission.LEDGER_VIEW)
def accounts(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All suppliers, and what changed about ended purchases that nobody has looked at."""
    found = supply.accounts(visitor.shop.id, visitor.shop.currency, utc_now())
    names = {one.supplier_id: one.name for one in found}
    waiting = supply.findings(visitor.shop.id, only_open=True)
    context = {
        "accounts": [_facts(one) for one in found],
        "findings": [(_finding(one), names.get(one.supplier_id, "")) for one in waiting],
        "may_adjust": visitor.may(Permission.LEDGER_ADJUST),
    }
    return show(request, visitor, "supply_accounts/accounts", context, page=PAGE)


@console_page(Permission.LEDGER_VIEW)
def account(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """One supplier."""
    return _account(request, visitor, supplier_id)


def _account(
    request: HttpRequest, visitor: Visitor, supplier_id: UUID, error: DomainError | None = None
) -> HttpResponse:
    shop_id = visitor.shop.id
    found = supply.account_of(shop_id, supplier_id, visitor.shop.currency, utc_now())
    days = supply.balance_days(shop_id, supplier_id, _DAYS)
    sent = request.POST
    field = str(error.data.get("field", "")) if error else ""
    context = {
        **_facts(found),
        "title": found.name,
        "days": [(_day(day), *words.DAY_STATES[day.state]) for day in days],
        "chart": _chart(days, found.currency) if len(days) > 1 else None,
        "broken": next((_day(day) for day in days[:1] if day.state == "broken"), None),
        "sweeps": supply.sweep_days(shop_id, supplier_id),
        "findings": [_finding(one) for one in supply.findings(shop_id, supplier_id=supplier_id, limit=20)],
        "movements": [
            (one, words.MOVEMENTS[one.kind], words.figure(one.amount, signed=True))
            for one in supply.movements(shop_id, supplier_id, 20)
        ],
        "kinds": list(words.MOVEMENTS.items()),
        "typed": {name: sent.get(name, "")[:200] for name in ("kind", "amount", "note")},
        "key": sent.get("key", "") or uuid4(),
        "errors": {field: error.detail} if error and field else {},
        "error": error if error and not field else None,
        "may_adjust": visitor.may(Permission.LEDGER_ADJUST),
    }
    crumbs = [(_("账户与对账"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply_accounts/account", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def move(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """Write down money that was paid, came back or was found to be wrong. Nothing is paid here."""
    supply.supplier(visitor.shop.id, supplier_id)
    require_fresh_proof(request)
    sent = request.POST
    try:
        key = UUID(sent.get("key", ""))
    except ValueError:
        raise InvalidInput from None
    try:
        record_movement(
            shop_id=visitor.shop.id, supplier_id=supplier_id, kind=sent.get("kind", ""),
            amount=_amount(sent.get("amount", "")), shop_currency=visitor.shop.currency, key=key,
            note=sent.get("note", "").replace("\x00", ""), actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _account(request, visitor, supplier_id, error)
    return done(request, _("已记到账上"), reverse("desk:supply-account", args=[supplier_id]))


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def finding(request: HttpRequest, visitor: Visitor, finding_id: UUID) -> HttpResponse:
    """A person has looked at what changed."""
    found = supply.finding(visitor.shop.id, finding_id)
    note = request.POST.get("note", "").replace("\x00", "")
    close_finding(shop_id=visitor.shop.id, finding_id=finding_id, note=note, actor=visitor.actor, now=utc_now())
    return done(request, _("已标记为处理完"), reverse("desk:supply-account", args=[found.supplier_id]))


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", "").replace("，", "").replace("−", "-"))
    except InvalidOperation:
        raise InvalidInput(_("请写成 100.00 这样的金额"), field="amount") from None


def _facts(one: AccountView) -> dict[str, Any]:
    last = words.DAY_STATES[one.last_day.state] if one.last_day else None
    return {
        "account": one,
        "cycle": words.CYCLES.get(one.cycle, one.cycle),
        "prepaid": words.figure(one.prepaid),
        "held": words.figure(one.held),
        "said": words.figure(one.said),
        "credit": words.figure(one.credit) if one.credit else "",
        "difference": words.figure(one.difference, signed=True),
        "differs": bool(one.difference),
        "under_way": words.figure(one.under_way),
        "mark": words.figure(one.low_balance),
        "last": last,
    }


def _day(day: BalanceDayView) -> dict[str, Any]:
    return {
        "day": day.day,
        "opening": words.figure(day.opening),
        "top_ups": words.figure(day.top_ups + day.corrections, signed=True),
        "charges": words.figure(-day.charges),
        "refunds": words.figure(day.refunds, signed=True),
        "expected": words.figure(day.expected),
        "said": words.figure(day.said),
        "difference": words.figure(day.difference, signed=True) if day.difference else "",
        "count": day.under_way_count,
        "candidates": [
            (one, words.WHYS.get(one.why, one.why), words.figure(one.amount)) for one in day.candidates
        ],
    }  # fmt: skip


def _finding(one: FindingView) -> dict[str, Any]:
    word, tone = words.FINDINGS.get(one.kind, (one.kind, "plain"))
    return {"one": one, "word": word, "tone": tone, "amount": f"{words.figure(one.amount)} {one.currency}"}


def _chart(days: list[BalanceDayView], currency: str) -> dict[str, Any]:
    return {
        "kind": "line",
        "columns": [str(_("日期")), str(_("账本应有")), str(_("对方所报"))],
        "rows": [[f"{day.day:%m-%d}", float(day.expected), float(day.said)] for day in reversed(days)],
        "unit": currency,
        "format": "number",
    }
