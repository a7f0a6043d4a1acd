"""Importing codes in steps: choose and upload, look at what was found, confirm what it costs, watch it run."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.desk.sku_names import sku_choices, sku_names
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views import code_forms as forms
from goodfor.console.views.receiving import takes_a_file, too_large, upload_of
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.types import IntakeView, ReceivedFile

PAGE: Final = "desk:code-import"
SHOWN_FAULTS: Final = 100
MOST_PASTED: Final = 200_000


@takes_a_file
@console_page(Permission.CODES_IMPORT, methods=("GET", "POST"))
def imports(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The first step, and the latest imports."""
    if request.method != "POST":
        return _first(request, visitor, QueryDict())
    try:
        intake_id = _hand_in(request, visitor)
    except DomainError as error:
        return _first(request, visitor, request.POST, error)
    return redirect("desk:code-intake", intake_id)


def _first(request: HttpRequest, visitor: Visitor, sent: QueryDict, error: DomainError | None = None) -> HttpResponse:
    latest = stock.intakes(visitor.shop.id)
    names = sku_names(visitor.shop.id, [one.sku_id for one in latest])
    people = {one.actor: one.username for one in identity.staff_of_shop(visitor.shop.id)}
    context = {
        "steps": _steps(0),
        "skus": sku_choices(visitor.shop.id),
        "typed": {name: sent.get(name, "") for name in ("sku", "cost", "expires", "note", "hold", "use_first")},
        "error": error,
        "field": getattr(error, "field", ""),
        "latest": [
            (one, names.get(one.sku_id, ""), people.get(one.actor, ""), *words.INTAKE_STATES[one.state])
            for one in latest
        ],
    }
    return show(request, visitor, "code_import", context, page=PAGE, status=error.http_status if error else 200)


def _hand_in(request: HttpRequest, visitor: Visitor) -> UUID:
    if too_large(request):
        raise InvalidInput(_("文件超过 200 MB，请拆分后再上传"))
    sent, upload = request.POST, upload_of(request)
    if upload.refused is not None:
        raise upload.refused
    options = forms.options_of(sent, visitor)
    sku_id, known = sent.get("sku", ""), dict(sku_choices(visitor.shop.id))
    if sku_id not in known:
        raise forms.Wrong("sku", _("请选择商品"))
    name = upload.filename
    received = upload.take()
    if received is None:
        received, name = _pasted(sent.get("pasted", ""))
    return vault.begin_intake(
        shop_id=visitor.shop.id,
        sku_id=UUID(sku_id),
        received=received,
        filename=name,
        options=options,
        actor=visitor.actor,
        now=utc_now(),
    )


def _pasted(text: str) -> tuple[ReceivedFile, str]:
    if not text.strip():
        raise forms.Wrong("file", _("请选择文件，或在下面粘贴卡密"))
    if len(text) > MOST_PASTED:
        raise forms.Wrong("pasted", _("粘贴的内容太多，请存成文件再上传"))
    received = vault.receive_file(parts=[text.replace("\r\n", "\n").encode("utf-8", "replace")])
    return received, _("粘贴的卡密") + ".txt"


@console_page(Permission.CODES_IMPORT)
def intake(request: HttpRequest, visitor: Visitor, intake_id: UUID) -> HttpResponse:
    """A file where it is now: being checked, to be confirmed, being imported, done."""
    return _intake(request, visitor, stock.intake(visitor.shop.id, intake_id))


@console_page(Permission.CODES_IMPORT, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, intake_id: UUID) -> HttpResponse:
    """`act`: check it anew with other settings, confirm what was found, or cancel."""
    found = stock.intake(visitor.shop.id, intake_id)
    try:
        words_of = _act(request, visitor, found)
    except DomainError as error:
        return _intake(request, visitor, stock.intake(visitor.shop.id, intake_id), error)
    return done(request, words_of, reverse("desk:code-intake", args=[intake_id]))


def _act(request: HttpRequest, visitor: Visitor, found: IntakeView) -> str:
    asked, sent = request.POST.get("act", ""), request.POST
    told: dict[str, Any] = {
        "shop_id": visitor.shop.id, "intake_id": found.id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    if asked == "check":
        vault.recheck_intake(**told, options=forms.options_of(sent, visitor))
        return _("正在按新的设置检查")
    if asked == "cancel":
        vault.cancel_intake(**told)
        return _("已取消")
    if asked == "confirm":
        checks = sent.get("checks", "")
        vault.confirm_intake(**told, checks=int(checks) if checks.isascii() and checks.isdigit() else -1)
        return _("已开始导入")
    raise InvalidInput(_("没有这个操作"))


def _intake(
    request: HttpRequest, visitor: Visitor, found: IntakeView, error: DomainError | None = None
) -> HttpResponse:
    label, tone = words.INTAKE_STATES[found.state]
    report = found.report
    at = {"waiting": 1, "refused": 1, "checked": 2}.get(found.state, 3)
    context: dict[str, Any] = {
        "title": found.filename,
        "intake": found,
        "sku": sku_names(visitor.shop.id, [found.sku_id]).get(found.sku_id, ""),
        "state": label,
        "tone": tone,
        "steps": _steps(at),
        "problem": stock.intake_problem(found.problem) if found.problem else "",
        "form": forms.form_of(found.options, visitor),
        "unit_cost": Money(found.options.unit_cost_minor, found.options.currency),
        "encodings": forms.choices_of(forms.ENCODINGS),
        "separators": forms.choices_of(forms.SEPARATORS),
        "roles": [("", _("自动")), *((key, str(text)) for key, text in words.COLUMN_ROLES.items())],
        "may_change": found.state in ("checked", "refused"),
        "may_cancel": found.state in ("waiting", "checked", "refused", "confirmed"),
        "error": error,
        "field": getattr(error, "field", ""),
    }
    if report is not None:
        context |= _report(found)
    crumbs = [(_("导入卡密"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "code_intake", context, page=PAGE, crumbs=crumbs, status=status)


def _report(found: IntakeView) -> Mapping[str, Any]:
    report = found.report
    assert report is not None
    layout = report.layout
    separator = next((str(name) for name, value in forms.SEPARATORS.values() if value == layout.separator), "")
    return {
        "report": report,
        "faults": [
            (fault, stock.fault_text(fault.problem), fault.other_line, fault.other_batch_id)
            for fault in report.faults[:SHOWN_FAULTS]
        ],
        "more_faults": max(0, report.counts.faults - min(SHOWN_FAULTS, len(report.faults))),
        "by_problem": [(stock.fault_text(name), count) for name, count in sorted(report.by_problem.items())],
        "columns": _("、").join(str(words.COLUMN_ROLES.get(role, role)) for role in layout.columns),
        "encoding": "XLSX" if layout.kind == "sheet" else str(forms.ENCODINGS.get(layout.encoding, layout.encoding)),
        "separator": separator or layout.separator,
        "cost": Money(report.cost_minor, found.options.currency),
        "debit": ledger.account_label(f"1405:codes:{found.sku_id}"),
        "credit": ledger.account_label("2202:supplier:stock:accrued"),
        "samples": report.samples,
    }


def _steps(at: int) -> list[dict[str, Any]]:
    names = (_("选择文件"), _("检查"), _("确认成本"), _("导入"))
    return [
        {"label": name, "state": "done" if i < at else "now" if i == at else "next"} for i, name in enumerate(names)
    ]
