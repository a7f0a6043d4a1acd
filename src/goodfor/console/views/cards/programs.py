"""Programs of cards: a list, one with its batches, and the form of it."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.cards import queries as cards
from goodfor.cards import states
from goodfor.cards.operations.set_program import change_program, close_program, make_program
from goodfor.cards.types import ProgramView
from goodfor.console import card_words as words
from goodfor.console.card_forms import ProgramForm, goods, initial_of
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError

PAGE: Final = "desk:cards"


@console_page(Permission.CARDS_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All programs, and what is owed for their cards."""
    rows = [
        {
            "view": view,
            "face": face_of(visitor.shop.id, view),
            "state": words.PROGRAMS[view.state],
            "owed": cards.owed_for(visitor.shop.id, view.id),
        }
        for view in cards.programs(visitor.shop.id)
    ]
    context = {"title": _("礼品卡"), "rows": rows, "may": visitor.may(Permission.CARDS_SET)}
    return show(request, visitor, "cards/list", context, page=PAGE)


@console_page(Permission.CARDS_SET, methods=("GET", "POST"))
def make(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new program."""
    form = ProgramForm(request.POST if request.method == "POST" else None)
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wish = form.wish(visitor.shop.id, visitor.shop.currency)
                made = make_program(shop_id=visitor.shop.id, wish=wish, actor=visitor.actor, now=utc_now())
                return done(request, _("卡种已建好，接着做一批卡"), reverse("desk:card-program", args=[made.id]))
            except DomainError as refused:
                error, status = problem(form, refused), refused.http_status
    context = {"title": _("新卡种"), "form": form, "error": error, "back": reverse(PAGE)}
    return show(request, visitor, "one_form", context, page=PAGE, crumbs=[(_("礼品卡"), reverse(PAGE))], status=status)


@console_page(Permission.CARDS_SET, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, card_program_id: UUID) -> HttpResponse:
    """Name and looks; before the first batch also what its cards are good for."""
    shop_id = visitor.shop.id
    view = cards.program(shop_id, card_program_id)
    here = reverse("desk:card-program", args=[view.id])
    form = ProgramForm(request.POST if request.method == "POST" else None, initial=initial_of(shop_id, view))
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wish = form.wish(shop_id, view.value.currency)
                change_program(shop_id=shop_id, program_id=view.id, wish=wish, actor=visitor.actor, now=utc_now())
                return done(request, _("已保存"), here)
            except DomainError as refused:
                error, status = problem(form, refused), refused.http_status
    crumbs = [(_("礼品卡"), reverse(PAGE)), (view.name, here)]
    context = {"title": _("修改卡种"), "form": form, "error": error, "back": here}
    return show(request, visitor, "one_form", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.CARDS_SET, methods=("POST",))
def close(request: HttpRequest, visitor: Visitor, card_program_id: UUID) -> HttpResponse:
    """No further batches."""
    close_program(shop_id=visitor.shop.id, program_id=card_program_id, actor=visitor.actor, now=utc_now())
    return done(request, _("不再发卡；已经发出的照常能用"), reverse("desk:card-program", args=[card_program_id]))


@console_page(Permission.CARDS_VIEW)
def program(request: HttpRequest, visitor: Visitor, card_program_id: UUID) -> HttpResponse:
    """A program with its batches."""
    shop_id = visitor.shop.id
    view = cards.program(shop_id, card_program_id)
    context: dict[str, Any] = {
        "title": view.name,
        "view": view,
        "face": face_of(shop_id, view),
        "goods": goods(shop_id, view.skus),
        "state": words.PROGRAMS[view.state],
        "owed": cards.owed_for(shop_id, view.id),
        "batches": cards.batches(shop_id, view.id),
        "may": visitor.may(Permission.CARDS_SET),
        "open": view.state != states.CLOSED,
    }
    return show(request, visitor, "cards/program", context, page=PAGE, crumbs=[(_("礼品卡"), reverse(PAGE))])


def face_of(shop_id: UUID, view: ProgramView) -> str:
    """What a program's cards are good for, in words."""
    if view.face == states.VALUE:
        return str(words.FACES[view.face])
    return " · ".join([str(words.FACES[view.face]), *(name for _code, name in goods(shop_id, view.skus[:3]))])


def problem(form: forms.Form, refused: DomainError) -> DomainError | None:
    """What was refused, at its field; without such a field for the head of the page."""
    name = str(refused.data.get("field", ""))
    if name not in form.fields:
        return refused
    form.add_error(name, str(words.PROBLEMS.get(name, refused.detail)))
    return None
