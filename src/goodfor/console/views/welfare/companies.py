"""Companies: a list, one with its people, money and month, and the form of it."""

import re
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.console.frame import console_page, done, show
from goodfor.console.money_fields import minor_of, text_of
from goodfor.console.stepup import require_fresh_proof, step_up
from goodfor.console.types import Visitor
from goodfor.console.views.code_forms import uuid_of
from goodfor.console.welfare_forms import PROBLEMS, CompanyForm, initial_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, Forbidden, InvalidInput
from goodfor.kernel.money import Money
from goodfor.welfare import queries as welfare
from goodfor.welfare.errors import InvalidWelfare
from goodfor.welfare.operations.ask_invoice import end_invoice
from goodfor.welfare.operations.prepay import prepay
from goodfor.welfare.operations.set_company import make_company, set_company
from goodfor.welfare.operations.set_people import add_person, remove_person

PAGE: Final = "desk:welfare"
_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
ROLES: Final = (("manager", gettext_lazy("管理人")), ("viewer", gettext_lazy("只能查看")))
#: Each act, and who may.
_ACTS: Final = {
    "person": Permission.WELFARE_SET, "gone": Permission.WELFARE_SET, "prepay": Permission.WALLETS_TOP_UP,
    "invoice": Permission.INVOICES_MANAGE,
}  # fmt: skip


@console_page(Permission.WELFARE_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All companies, and what they have."""
    rows = []
    for view in welfare.companies(visitor.shop.id):
        budget = welfare.budget(visitor.shop.id, view.id)
        counts = welfare.counts(visitor.shop.id, view.id)
        rows.append((view, Money(budget.free_minor, view.currency), counts.get("joined", 0), sum(counts.values())))
    context = {
        "title": _("企业福利"), "rows": rows, "may": visitor.may(Permission.WELFARE_SET),
        "asked": len(welfare.invoices_asked(visitor.shop.id)),
    }  # fmt: skip
    return show(request, visitor, "welfare/list", context, page=PAGE)


@console_page(Permission.WELFARE_SET, methods=("GET", "POST"))
@step_up
def make(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new company: whose mail addresses join it, what they pay, and which program may give its money away."""
    shop_id = visitor.shop.id
    form = CompanyForm(shop_id, request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            made = make_company(shop_id=shop_id, wish=form.wish(), actor=visitor.actor, now=utc_now())
            return done(request, _("企业已建好，接着添加管理人"), reverse("desk:welfare-company", args=[made.id]))
        except DomainError as refused:
            error = _problem(form, refused)
    return _form(request, visitor, form, _("新企业"), reverse(PAGE), error)


@console_page(Permission.WELFARE_SET, methods=("GET", "POST"))
@step_up
def edit(request: HttpRequest, visitor: Visitor, company_id: UUID) -> HttpResponse:
    """All but its code."""
    shop_id = visitor.shop.id
    view = welfare.company(shop_id, company_id, contact=True)
    here = reverse("desk:welfare-company", args=[view.id])
    form = CompanyForm(
        shop_id, request.POST if request.method == "POST" else None, initial=initial_of(shop_id, view)
    )  # fmt: skip
    error: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            set_company(
                shop_id=shop_id, company_id=view.id, wish=form.wish(), on=form.cleaned_data["on"], actor=visitor.actor,
                now=utc_now(),
            )  # fmt: skip
            return done(request, _("已保存"), here)
        except DomainError as refused:
            error = _problem(form, refused)
    return _form(request, visitor, form, view.name, here, error)


@console_page(Permission.WELFARE_VIEW)
def company(request: HttpRequest, visitor: Visitor, company_id: UUID) -> HttpResponse:
    """Its people, what it prepaid, its month."""
    return _company(request, visitor, company_id)


@console_page(Permission.WELFARE_VIEW, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, company_id: UUID) -> HttpResponse:
    """`act`: person, gone; prepay and invoice are money, and want a fresh proof."""
    what = request.POST.get("act", "")
    welfare.company(visitor.shop.id, company_id)
    if what not in _ACTS:
        raise InvalidInput(_("没有这个操作"))
    if not visitor.may(_ACTS[what]):
        raise Forbidden
    require_fresh_proof(request)
    try:
        said = _do(request, visitor, company_id, what)
    except DomainError as refused:
        return _company(request, visitor, company_id, error=refused)
    return done(request, said, reverse("desk:welfare-company", args=[company_id]))


def _do(request: HttpRequest, visitor: Visitor, company_id: UUID, what: str) -> str:
    sent, now = request.POST, utc_now()
    told: dict[str, Any] = {"shop_id": visitor.shop.id, "actor": visitor.actor, "now": now}
    view = welfare.company(visitor.shop.id, company_id)
    if what == "person":
        add_person(
            **told, company_id=company_id, mail=text_of(sent, "mail", 120), name=text_of(sent, "name", 80),
            role=sent.get("role", ""),
        )  # fmt: skip
        return _("已添加；登录时验证码发到这个邮箱")
    if what == "gone":
        person_id = uuid_of(sent.get("person", ""))
        if person_id is None:
            raise InvalidInput(_("没有这个操作"))
        remove_person(**told, company_id=company_id, person_id=person_id)
        return _("已移除")
    if what == "prepay":
        prepay(
            **told, company_id=company_id, minor=minor_of(sent, "amount", view.currency),
            bank=text_of(sent, "bank", 40), reference=text_of(sent, "reference", 80),
            paid_on=_day(sent.get("paid_on", "")),
        )  # fmt: skip
        return _("预存已登记")
    invoice_id = uuid_of(sent.get("invoice", ""))
    mine = {one.invoice.id for one in welfare.prepayments(visitor.shop.id, company_id) if one.invoice}
    if invoice_id is None or invoice_id not in mine:
        raise InvalidInput(_("没有这个操作"))
    end_invoice(**told, invoice_id=invoice_id, number=text_of(sent, "number", 40), reason=text_of(sent, "reason"))
    return _("已记下")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(_("请填写日期"), field="paid_on") from None


def _company(
    request: HttpRequest, visitor: Visitor, company_id: UUID, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, now = visitor.shop.id, utc_now()
    view = welfare.company(shop_id, company_id, contact=True)
    budget = welfare.budget(shop_id, company_id)
    newest = welfare.month_of(now, visitor.shop.timezone)
    found = _MONTH.fullmatch(request.GET.get("month", ""))
    month = date(int(found[1]), int(found[2]), 1) if found else newest
    told = welfare.statement(shop_id, company_id, month, now)
    counts = welfare.counts(shop_id, company_id)
    field = str(error.data.get("field", "")) if error else ""
    roles = dict(ROLES)
    context = {
        "title": view.name,
        "view": view,
        "free": Money(budget.free_minor, view.currency),
        "held": Money(sum(welfare.held_by_all(shop_id, company_id).values()), view.currency),
        "newest": newest,
        "told": told,
        "sides": welfare.sides(told),
        "joined": counts.get("joined", 0),
        "all": sum(counts.values()) - counts.get("left", 0),
        "people": [(one, roles[one.role]) for one in welfare.people(shop_id, company_id)],
        "paid": welfare.prepayments(shop_id, company_id),
        "roles": ROLES,
        "may": visitor.may(Permission.WELFARE_SET),
        "may_money": visitor.may(Permission.WALLETS_TOP_UP),
        "may_invoice": visitor.may(Permission.INVOICES_MANAGE),
        "error": (PROBLEMS.get(field) or error.detail) if error else "",
    }
    status = error.http_status if error else 200
    crumbs = [(_("企业福利"), reverse(PAGE))]
    return show(request, visitor, "welfare/company", context, page=PAGE, crumbs=crumbs, status=status)


def _form(
    request: HttpRequest, visitor: Visitor, form: CompanyForm, title: str, back: str, error: DomainError | None
) -> HttpResponse:
    context = {"title": title, "form": form, "error": error, "back": back}
    status = error.http_status if error else 422 if form.is_bound else 200
    crumbs = [(_("企业福利"), reverse(PAGE))]
    return show(request, visitor, "one_form", context, page=PAGE, crumbs=crumbs, status=status)


def _problem(form: forms.Form, refused: DomainError) -> DomainError | None:
    """What was refused, at its field; without such a field for the head of the page."""
    name = str(refused.data.get("field", ""))
    if name not in form.fields or not isinstance(refused, InvalidWelfare | InvalidInput):
        return refused
    form.add_error(name, str(PROBLEMS.get(name, refused.detail)))
    return None
