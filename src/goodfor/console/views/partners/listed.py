"""Partners: a list, and the form of one."""

from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import partner_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.partner_forms import PartnerForm, initial_of
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.partners import queries as partners
from goodfor.partners.operations.set_account import make_account, set_account

PAGE: Final = "desk:partners"
HERE: Final = "desk:partner"


@console_page(Permission.POINTS_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of them."""
    rows = [{"view": one, "role": words.ROLES[one.role]} for one in partners.accounts(visitor.shop.id)]
    context = {"title": _("积分合作方"), "rows": rows, "may": visitor.may(Permission.POINTS_SET)}
    return show(request, visitor, "partners/list", context, page=PAGE)


@console_page(Permission.POINTS_SET, methods=("GET", "POST"))
def make(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new one."""
    form = PartnerForm(request.POST if request.method == "POST" else None)
    error, status = None, 200
    if form.is_bound:
        require_fresh_proof(request)
        status = 422
        if form.is_valid():
            try:
                view = make_account(
                    shop_id=visitor.shop.id, code=form.cleaned_data["code"], role=form.cleaned_data["role"],
                    wish=form.wish(), actor=visitor.actor, now=utc_now(),
                )  # fmt: skip
                return done(request, _("合作方已建好"), reverse(HERE, args=[view.id]))
            except DomainError as refused:
                error, status = _problem(form, refused), refused.http_status
    context = {"title": _("新合作方"), "form": form, "error": error, "back": reverse(PAGE)}
    crumbs = [(_("积分合作方"), reverse(PAGE))]
    return show(request, visitor, "partners/form", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.POINTS_SET, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, points_partner_id: UUID) -> HttpResponse:
    """All but its code and role; a new secret replaces the old one at once."""
    view = partners.account(visitor.shop.id, points_partner_id)
    here = reverse(HERE, args=[view.id])
    form = PartnerForm(request.POST if request.method == "POST" else None, initial=initial_of(view), made=True)
    error, status = None, 200
    if form.is_bound:
        require_fresh_proof(request)
        status = 422
        if form.is_valid():
            try:
                set_account(
                    shop_id=visitor.shop.id, account_id=view.id, wish=form.wish(), actor=visitor.actor, now=utc_now()
                )
                return done(request, _("已保存"), here)
            except DomainError as refused:
                error, status = _problem(form, refused), refused.http_status
    context = {"title": _("修改合作方"), "form": form, "error": error, "back": here}
    crumbs = [(_("积分合作方"), reverse(PAGE)), (view.name, here)]
    return show(request, visitor, "partners/form", context, page=PAGE, crumbs=crumbs, status=status)


def _problem(form: forms.Form, refused: DomainError) -> DomainError | None:
    """What was refused, at its field; without such a field for the head of the page."""
    name = str(refused.data.get("field", ""))
    if name not in form.fields:
        return refused
    form.add_error(name, str(refused.detail))
    return None
