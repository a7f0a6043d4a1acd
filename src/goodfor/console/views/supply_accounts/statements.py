"""Suppliers' own accounts: a file handed in, looked at and taken in; its lines beside what the books say."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from goodfor.console import supply_account_words as words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.supply import queries as supply
from goodfor.supply.errors import StatementRefused
from goodfor.supply.operations.hold_statement import hold_statement
from goodfor.supply.operations.take_statement import (
    DryRun,
    ask_about_statement,
    fetch_statement,
    look_at_statement,
    match_again,
    take_statement,
)
from goodfor.supply.types import SIGNS, TIMES, Profile, StatementView

PAGE: Final = "desk:supply-accounts"
_LINES: Final = 100
_COLUMNS: Final = ("number", "ref", "amount", "refunded", "time", "kind")
_ENCODINGS: Final = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_SEPARATORS: Final = ((",", ","), ("\t", "Tab"), (";", ";"), ("|", "|"))


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def statements(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """What was taken in. `act`: upload a file, or fetch the account of a day."""
    found = supply.supplier(visitor.shop.id, supplier_id)
    if request.method == "POST":
        _require(visitor)
        try:
            return (
                _fetch(request, visitor, supplier_id) if "day" in request.POST else _hold(request, visitor, supplier_id)
            )
        except DomainError as error:
            return _statements(request, visitor, supplier_id, found.name, error)
    return _statements(request, visitor, supplier_id, found.name)


def _statements(
    request: HttpRequest, visitor: Visitor, supplier_id: UUID, name: str, error: DomainError | None = None
) -> HttpResponse:
    context = {
        "title": _("账单"),
        "supplier_id": supplier_id,
        "rows": [_row(one) for one in supply.statements(visitor.shop.id, supplier_id)],
        "offers": supply.offers_statements(visitor.shop.id, supplier_id),
        "may_adjust": visitor.may(Permission.LEDGER_ADJUST),
        "error": _reason(error) if error else "",
        "day": request.POST.get("day", "")[:10],
    }
    status = error.http_status if error else 200
    crumbs = _crumbs(supplier_id, name)
    return show(request, visitor, "supply_accounts/statements", context, page=PAGE, crumbs=crumbs, status=status)


def _hold(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise InvalidInput(_("请选择文件"))
    name = (file.name or "-").replace("\x00", "")[:200]
    mark = hold_statement(shop_id=visitor.shop.id, supplier_id=supplier_id, filename=name, parts=file.chunks())
    return redirect(
        f"{reverse('desk:supply-statement-check', args=[supplier_id])}?{urlencode({'mark': mark, 'name': name})}"
    )


def _fetch(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    try:
        day = parse_date(request.POST.get("day", ""))
    except ValueError:
        day = None
    if day is None:
        raise InvalidInput(_("请选择日期"))
    statement_id = fetch_statement(
        shop_id=visitor.shop.id, supplier_id=supplier_id, day=day, actor=visitor.actor, now=utc_now()
    )
    return done(request, _("账单已导入"), reverse("desk:supply-statement", args=[statement_id]))


@console_page(Permission.LEDGER_ADJUST, methods=("GET", "POST"))
def check(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """What is in a file. `act`: try other columns, or take it in."""
    found = supply.supplier(visitor.shop.id, supplier_id)
    sent = request.POST if request.method == "POST" else request.GET
    mark, name = sent.get("mark", "")[:64], sent.get("name", "")[:200]
    if not mark:
        # Nobody handed in a file: where one is handed in.
        return redirect(reverse("desk:supply-statements", args=[supplier_id]))
    profile = _profile(request.POST) if request.method == "POST" else None
    error: DomainError | None = None
    if sent.get("act") == "take" and profile is not None:
        try:
            statement_id = take_statement(
                shop_id=visitor.shop.id, supplier_id=supplier_id, mark=mark, filename=name, profile=profile,
                actor=visitor.actor, now=utc_now(),
            )  # fmt: skip
        except DomainError as refused:
            error = refused
        else:
            return done(request, _("账单已导入"), reverse("desk:supply-statement", args=[statement_id]))
    try:
        seen = look_at_statement(shop_id=visitor.shop.id, supplier_id=supplier_id, mark=mark, profile=profile)
    except StatementRefused as refused:
        return _statements(request, visitor, supplier_id, found.name, refused)
    context = {
        "title": _("核对后导入"),
        "supplier_id": supplier_id,
        "mark": mark,
        "name": name,
        "error": _reason(error) if error else "",
        **_seen(seen),
    }
    crumbs = [*_crumbs(supplier_id, found.name), (_("账单"), reverse("desk:supply-statements", args=[supplier_id]))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply_accounts/check", context, page=PAGE, crumbs=crumbs, status=status)


def _profile(sent: Mapping[str, str]) -> Profile:
    typed = {name: sent.get(name, "").replace("\x00", "")[:100] for name in (*_COLUMNS, "sign", "back", "times")}
    encoding, separator = sent.get("encoding", ""), sent.get("separator", "")
    header = sent.get("header", "")
    return Profile(
        **{
            **typed,
            "sign": typed["sign"] if typed["sign"] in SIGNS else "signed",
            "times": typed["times"] if typed["times"] in TIMES else "ymd",
        },
        encoding=encoding if encoding in _ENCODINGS else "",
        separator=separator if separator in dict(_SEPARATORS) else "",
        header=int(header) if header.isascii() and header.isdigit() and len(header) < 3 else 0,
    )


def _seen(seen: DryRun) -> dict[str, Any]:
    names = [name for name in dict.fromkeys(cell.strip().lstrip("\ufeff") for cell in seen.header) if name]
    labels = (_("商户订单号"), _("平台订单号"), _("金额"), _("退款金额"), _("时间"), _("类型"))
    return {
        "seen": seen,
        "columns": [
            (name, label, getattr(seen.profile, name), [(one, one) for one in names])
            for name, label in zip(_COLUMNS, labels, strict=True)
        ],
        "signs": list(words.SIGNS.items()),
        "times": list(words.TIMES.items()),
        "encodings": [(one, one.upper()) for one in _ENCODINGS],
        "separators": _SEPARATORS,
        "went": words.figure(seen.went),
        "came": words.figure(seen.came),
        "problems": [(one, words.LINES.get(one.code, one.code)) for one in seen.problems],
        "first": [(one, words.figure(one.amount)) for one in seen.first],
        "may_take": seen.rows > 0 and not seen.wrong and not seen.missing,
    }


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def statement(request: HttpRequest, visitor: Visitor, statement_id: UUID) -> HttpResponse:
    """One of them, by verdict. `act`: ask the supplier about what differs, or match anew."""
    shop_id = visitor.shop.id
    found = supply.statement(shop_id, statement_id)
    if request.method == "POST":
        _require(visitor)
        here = reverse("desk:supply-statement", args=[statement_id])
        if request.POST.get("act") == "ask":
            count = ask_about_statement(shop_id=shop_id, statement_id=statement_id, actor=visitor.actor, now=utc_now())
            return done(request, _("正在向供应商查询 %(n)s 笔，稍后重新核对") % {"n": count}, here)
        match_again(shop_id=shop_id, statement_id=statement_id)
        return done(request, _("已按现在的账本重新核对"), here)
    order = [name for name in words.VERDICTS if name in found.sums]
    wanted = request.GET.get("verdict", "")
    shown = wanted if wanted in order else next((name for name in order if name != "matched"), "matched")
    after = request.GET.get("after", "")
    start = int(after) if after.lstrip("-").isdigit() and len(after) < 10 else None
    lines = supply.statement_lines(shop_id, statement_id, verdict=shown, after=start, limit=_LINES + 1)
    context = {
        "title": found.filename,
        **_row(found),
        "tabs": [
            {
                "key": name, "label": words.VERDICTS[name][0], "href": f"?verdict={name}", "count": found.sums[name][0],
                "tone": "red" if words.VERDICTS[name][1] == "red" else "",
            }
            for name in order
        ],
        "shown": shown,
        "lines": [(line, words.figure(line.amount), words.figure(line.ours)) for line in lines[:_LINES]],
        "next": f"?{urlencode({'verdict': shown, 'after': lines[_LINES - 1].place})}" if len(lines) > _LINES else "",
        "theirs": words.figure(found.sums[shown][1] if shown in found.sums else None),
        "ours": words.figure(found.sums[shown][2] if shown in found.sums else None),
        "may_ask": visitor.may(Permission.LEDGER_ADJUST),
        "asks": bool({"amount", "ours"} & set(order)),
    }  # fmt: skip
    name = supply.supplier(shop_id, found.supplier_id).name
    crumbs = [
        *_crumbs(found.supplier_id, name), (_("账单"), reverse("desk:supply-statements", args=[found.supplier_id])),
    ]  # fmt: skip
    return show(request, visitor, "supply_accounts/statement", context, page=PAGE, crumbs=crumbs)


def _row(one: StatementView) -> dict[str, Any]:
    differing = sum(one.sums[name][0] for name in ("amount", "theirs", "ours") if name in one.sums)
    return {"statement": one, "differing": differing, "matched": one.sums.get("matched", (0,))[0]}


def _require(visitor: Visitor) -> None:
    if not visitor.may(Permission.LEDGER_ADJUST):
        raise NotAllowed


def _crumbs(supplier_id: UUID, name: str) -> list[tuple[Any, str]]:
    return [(_("账户与对账"), reverse(PAGE)), (name, reverse("desk:supply-account", args=[supplier_id]))]


def _reason(error: DomainError) -> str:
    """Why, and where."""
    reason = str(error.data.get("reason", ""))
    text = str(words.FILES.get(reason, "")) or str(error.detail)
    if line := error.data.get("line"):
        return _("第 %(line)s 行：%(why)s") % {"line": line, "why": text}
    return f"{text} {error.data['column']}" if "column" in error.data else text
