"""Saved reports: all of them, making and changing one, letting it rest, having it no more, and what was sent."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import insight_form as form
from goodfor.console import insight_tables as tables
from goodfor.console import insight_words as words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.operations.drop_report import drop_report
from goodfor.insights.operations.pause_report import pause_report
from goodfor.insights.operations.save_report import save_report
from goodfor.insights.operations.take_file import take_file
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import ReportView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput

PAGE: Final = "desk:insights-reports"
#: So many rows of what it would show now, and of what was sent.
ROWS, SENT = 20, 500
#: Fields of the form by the name that insights give to what is wrong.
_FIELDS: Final = {"filters": "sku", "staff_ids": "staff"}


@console_page(Permission.INSIGHTS_VIEW)
def reports(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of them; those that hold what one may not see are named and closed."""
    found = queries.reports(visitor.shop.id)
    rows = [
        {
            "one": one, "open": _may(visitor, one), "rhythm": form.rhythm_words(one),
            "by": desk_queries.BY[one.spec.by], "people": len(one.staff_ids),
            "state": words.REPORT_STATES[one.state],
            "last": next(iter(queries.issues(visitor.shop.id, one.id, 1)), None),
        }
        for one in found
    ]  # fmt: skip
    context = {"rows": rows, "may_save": visitor.may(Permission.INSIGHTS_REPORTS)}
    return show(request, visitor, "insights/reports", context, page=PAGE)


@console_page(Permission.INSIGHTS_REPORTS, methods=("GET", "POST"))
def new(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new one; the address may bring what the dashboard was asked."""
    typed = form.typed_of(request.POST if request.method == "POST" else request.GET)
    if request.method != "POST" and not request.GET.getlist("staff"):
        typed["staff"] = (str(visitor.staff.id),)
    return _form(request, visitor, typed, None)


@console_page(Permission.INSIGHTS_REPORTS, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, report_id: UUID) -> HttpResponse:
    """Change one."""
    saved = _seen(visitor, report_id)
    typed = form.typed_of(request.POST) if request.method == "POST" else form.typed_as(saved)
    return _form(request, visitor, typed, saved)


def _form(request: HttpRequest, visitor: Visitor, typed: dict[str, Any], saved: ReportView | None) -> HttpResponse:
    error: DomainError | None = None
    if request.method == "POST":
        try:
            wanted = form.wanted_of(visitor, typed)
            made = save_report(
                shop_id=visitor.shop.id, name=wanted.name, spec=wanted.spec, rhythm=wanted.rhythm,
                at_hour=wanted.at_hour, weekday=wanted.weekday, day=wanted.day, staff_ids=wanted.staff_ids,
                actor=visitor.actor, now=utc_now(), report_id=saved.id if saved else None,
            )  # fmt: skip
        except InvalidInput as wrong:
            error = wrong
        else:
            return done(request, _("报表已保存"), reverse("desk:insights-report", args=[made.id]))
    field = str(error.data.get("field", "")) if error else ""
    context: dict[str, Any] = {
        **form.form_context(visitor, typed),
        "title": saved.name if saved else _("新建报表"), "saved": saved,
        "error": error, "errors": {_FIELDS.get(field, field): error.detail} if error and field else {},
        "back": reverse("desk:insights-report", args=[saved.id]) if saved else reverse(PAGE),
    }  # fmt: skip
    return show(
        request, visitor, "insights/report_edit", context, page=PAGE, crumbs=[(_("定时报表"), reverse(PAGE))],
        status=error.http_status if error else 200,
    )  # fmt: skip


@console_page(Permission.INSIGHTS_VIEW)
def report(request: HttpRequest, visitor: Visitor, report_id: UUID) -> HttpResponse:
    """What it shows, when and to whom it goes, how it would look now, and all that was sent."""
    saved, shop_id = _seen(visitor, report_id), visitor.shop.id
    ask = desk_queries.ask_of(saved.spec, visitor.shop.currency, utc_now())
    columns = saved.spec.columns or desk_queries.COLUMNS
    table = tables.named(saved.spec.by, queries.figures_table(shop_id, ask, saved.spec.by, columns))
    context: dict[str, Any] = {
        "title": saved.name, "saved": saved, "state": words.REPORT_STATES[saved.state],
        "rhythm": form.rhythm_words(saved), "shows": form.spec_words(visitor, saved.spec),
        "people": form.people_of(visitor, saved.staff_ids),
        "table": table, "heads": list(zip(table.columns, table.meanings, strict=True)),
        "rows": tables.shown_rows(table, visitor.shop.currency)[:ROWS], "more": max(0, len(table.rows) - ROWS),
        "issues": queries.issues(shop_id, saved.id),
        "may_save": visitor.may(Permission.INSIGHTS_REPORTS) and saved.state != desk_queries.DROPPED,
        "paused": saved.state == desk_queries.PAUSED,
    }  # fmt: skip
    return show(
        request, visitor, "insights/report", context, page=PAGE, crumbs=[(_("定时报表"), reverse(PAGE))]
    )  # fmt: skip


@console_page(Permission.INSIGHTS_REPORTS, methods=("POST",))
def move(request: HttpRequest, visitor: Visitor, report_id: UUID) -> HttpResponse:
    """`act`: pause, resume or drop."""
    saved, act = _seen(visitor, report_id), request.POST.get("act", "")
    common: dict[str, Any] = {
        "shop_id": visitor.shop.id, "report_id": saved.id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    here = reverse("desk:insights-report", args=[saved.id])
    if act in ("pause", "resume"):
        pause_report(**common, paused=act == "pause")
        return done(request, _("报表已暂停") if act == "pause" else _("报表已恢复"), here)
    if act == "drop":
        drop_report(**common)
        return done(request, _("报表已删除，发过的还在"), reverse(PAGE))
    raise InvalidInput(_("没有这个操作"))


@console_page(Permission.INSIGHTS_VIEW, methods=("GET", "POST"))
def issue(request: HttpRequest, visitor: Visitor, report_id: UUID, issue_number: int) -> HttpResponse:
    """A report as it was sent; POST: as a file."""
    found = desk_queries.issue_for(visitor.shop.id, report_id, issue_number)
    if not all(visitor.may(right) for right in found.needed):
        raise NotAllowed
    saved = queries.report(visitor.shop.id, report_id)
    table = found.table
    if request.method == "POST":
        form_of = request.POST.get("format", "")
        made, media = take_file(
            shop_id=visitor.shop.id, table=table, form=form_of, actor=visitor.actor, now=utc_now()
        )  # fmt: skip
        response = HttpResponse(made, content_type=media)
        name = f"report-{issue_number}-{found.last:%Y%m%d}.{form_of}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    context: dict[str, Any] = {
        "title": _("%(name)s 第 %(n)s 期") % {"name": saved.name, "n": issue_number}, "found": found,
        "table": table, "heads": list(zip(table.columns, table.meanings, strict=True)),
        "rows": tables.shown_rows(table, visitor.shop.currency)[:SENT], "more": max(0, len(table.rows) - SENT),
    }  # fmt: skip
    crumbs = [(_("定时报表"), reverse(PAGE)), (saved.name, reverse("desk:insights-report", args=[report_id]))]
    return show(request, visitor, "insights/issue", context, page=PAGE, crumbs=crumbs)


def _may(visitor: Visitor, saved: ReportView) -> bool:
    return all(visitor.may(right) for right in desk_queries.needed_by(saved.spec))


def _seen(visitor: Visitor, report_id: UUID) -> ReportView:
    """A report of this shop. Raises ReportNotFound, NotAllowed where it holds what the visitor may not see."""
    saved = queries.report(visitor.shop.id, report_id)
    if not _may(visitor, saved):
        raise NotAllowed
    return saved
