"""The shop's categories: made, renamed, ordered, hidden."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.operations import change_category, create_category
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.goods_forms import field_errors, slug_of, whole
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput

PAGE: Final = "desk:categories"


@console_page(Permission.CATALOG_VIEW)
def categories(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of them, in the order of the shop."""
    return _categories(request, visitor)


def _categories(
    request: HttpRequest, visitor: Visitor, error: DomainError | None = None, category_id: UUID | None = None
) -> HttpResponse:
    typed, errors = (request.POST.dict(), field_errors(error)) if error else ({}, {})
    new = category_id is None
    context: dict[str, Any] = {
        "shelves": catalog.shelves(visitor.shop.id),
        "may_edit": visitor.may(Permission.CATALOG_EDIT),
        "typed": typed if new else {},
        "errors": errors if new else {},
        "error": error,
        "wrong_id": category_id,
        "wrong": next(iter(errors.values()), "") if not new else "",
    }
    return show(request, visitor, "categories", context, page=PAGE, status=error.http_status if error else 200)


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Another one, at the end."""
    typed, shelves = request.POST.dict(), catalog.shelves(visitor.shop.id)
    last = max((shelf.position for shelf in shelves), default=-1)
    try:
        create_category(
            shop_id=visitor.shop.id,
            slug=slug_of(typed),
            name=typed.get("name", ""),
            position=last + 1,
            actor=visitor.actor,
            now=utc_now(),
        )
    except InvalidInput as error:
        return _categories(request, visitor, error)
    return done(request, _("分类已创建"), reverse(PAGE))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def change(request: HttpRequest, visitor: Visitor, category_id: UUID) -> HttpResponse:
    """Rename, move or hide one."""
    typed = request.POST.dict()
    try:
        change_category(
            shop_id=visitor.shop.id,
            category_id=category_id,
            name=typed.get("name", ""),
            position=whole(typed, "position", 0),
            hidden="hidden" in typed,
            actor=visitor.actor,
            now=utc_now(),
        )
    except InvalidInput as error:
        return _categories(request, visitor, error, category_id)
    return done(request, _("已保存"), reverse(PAGE))
