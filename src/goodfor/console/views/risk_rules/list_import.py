"""A file into a list: looked at first, with what is wrong by its line; taken as it was shown."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodfor.console import holding
from goodfor.console import risk_rule_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.risk_list_files import text_of
from goodfor.console.risk_words import type_choices
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.risk_rules.lists import PAGE, end_of_day, list_choices
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.risk import rule_states as states
from goodfor.risk.operations.import_entries import import_entries
from goodfor.risk.rule_types import ImportReport

#: What the form fills where a line says nothing.
GIVEN: Final = ("type", "reason", "owner", "expires_at")
SUFFIXES: Final = (".txt", ".csv", ".xlsx")


@console_page(Permission.RISK_SET, methods=("GET", "POST"))
def imports(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Hand a file in and look; with `token` take it, or drop it."""
    if request.method != "POST":
        return _page(request, visitor, {"list": f"{states.BLOCK}:", **request.GET.dict()})
    sent = request.POST.dict()
    whose = {"shop_id": visitor.shop.id, "staff_id": visitor.staff.id}
    token = sent.get("token", "")
    try:
        if token and "drop" in sent:
            holding.drop(token, **whose)
            return done(request, _("已丢弃，没有导入"), reverse("desk:risk-list-import"))
        if not token:
            return _look(request, visitor, sent)
        if sent.get("list", "").startswith(f"{states.ALLOW}:"):
            require_fresh_proof(request)
        report, _shift = _run(visitor, sent, token, dry_run=False)
    except DomainError as error:
        return _page(request, visitor, sent, error)
    holding.drop(token, **whose)
    if report.proposal_id is not None:
        where = reverse("desk:risk-change", args=[report.proposal_id])
        return done(request, _("已提交 %(n)s 条，等另一位同事批准") % {"n": f"{report.added:,}"}, where)
    kind, _sep, name = sent.get("list", "").partition(":")
    said = _("已加入 %(n)s 条") % {"n": f"{report.added:,}"}
    return done(request, said, f"{reverse(PAGE)}?kind={kind}" + (f"&name={name}" if name else ""))


def _look(request: HttpRequest, visitor: Visitor, sent: Mapping[str, str]) -> HttpResponse:
    whose = {"shop_id": visitor.shop.id, "staff_id": visitor.staff.id}
    filename, parts = _given(request)
    token = holding.hold(filename=filename, parts=parts, **whose)
    try:
        report, shift = _run(visitor, sent, token, dry_run=True)
    except DomainError:
        holding.drop(token, **whose)
        raise
    return _page(request, visitor, {**sent, "token": token, "filename": filename}, report=report, shift=shift)


def _given(request: HttpRequest) -> tuple[str, Iterable[bytes]]:
    upload: Any = request.FILES.get("file")
    if upload is None:
        raise InvalidInput(_("请选择一个文件"), field="file")
    if not str(upload.name or "").lower().endswith(SUFFIXES):
        raise InvalidInput(_("只收 TXT、CSV 和 XLSX 文件"), field="file")
    return str(upload.name), upload.chunks()


def _run(visitor: Visitor, sent: Mapping[str, str], token: str, *, dry_run: bool) -> tuple[ImportReport, int]:
    """What the import does, or would do, and by how much its lines are later than those of the file."""
    path, filename = holding.held_file(token, shop_id=visitor.shop.id, staff_id=visitor.staff.id)
    given = {name: sent.get(name, "").replace("\x00", "").strip()[:200] for name in GIVEN}
    end = end_of_day(given["expires_at"], visitor.shop.timezone)
    text, shift = text_of(path, filename, {**given, "expires_at": end.isoformat() if end else ""})
    kind, _sep, name = sent.get("list", "").partition(":")
    report = import_entries(
        shop_id=visitor.shop.id, kind=kind, name=name, text=text, actor=visitor.actor, now=utc_now(), dry_run=dry_run
    )
    return report, shift


def _page(
    request: HttpRequest, visitor: Visitor, typed: Mapping[str, str], error: DomainError | None = None, *,
    report: ImportReport | None = None, shift: int = 0,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "title": _("导入名单"),
        "typed": typed,
        "lists": list_choices(visitor),
        "list_name": dict(list_choices(visitor)).get(typed.get("list", ""), ""),
        "types": type_choices(),
        "report": report,
        "bad": [(line - shift, words.FIELDS.get(field, field)) for line, field in report.bad] if report else [],
        "more_bad": max(0, report.bad_lines - len(report.bad)) if report else 0,
        "hard": typed.get("list", "").startswith(states.BLOCK_HARD),
        "given": [(name, typed.get(name, "")) for name in (*GIVEN, "list")],
        "error": words.wrong(error) if error else "",
    }
    crumbs = [(pgettext("risk", "名单"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "risk_rules/list_import", context, page=PAGE, crumbs=crumbs, status=status)
