"""What buyers are promised: by scope in words, its history, a form that shows the sentences before they are saved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.errors import PromiseNotFound
from goodfor.aftersales.operations.set_promise import check_terms, set_promise
from goodfor.aftersales.types import PromiseView, Scope, Terms
from goodfor.catalog import queries as catalog
from goodfor.console import promise_words as words
from goodfor.console.desk.sku_names import sku_choices, sku_names
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.console.views.promise_forms import form_rows, shown_again, terms_typed, typed_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.zones import zones
from goodfor.supply import queries as supply

PAGE: Final = "desk:promises"
#: Time zones that are offered first; all others follow.
NEAR: Final = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "UTC")


@console_page(Permission.CATALOG_VIEW)
def promises(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every scope with a promise, the whole shop first, and where another one can be set."""
    found = [one for one in aftersales.promises_of(visitor.shop.id) if _may_see(visitor, one.scope)]
    now = utc_now()
    names = _names(visitor.shop.id, found)
    rows = [_row(visitor, one, names.get((one.scope, one.scope_id), ""), now) for one in found if one.terms is not None]
    whole = aftersales.promise_of_shop(visitor.shop.id, now)
    context = {
        "rows": rows,
        "built_in": not any(one.scope == "shop" and one.terms is not None for one in found),
        "whole": aftersales.promise_lines(whole.terms, visitor.shop.currency),
        "places": _places(visitor.shop.id) if visitor.may(Permission.PROMISES_SET) else [],
        "may_edit": visitor.may(Permission.PROMISES_SET),
    }
    return show(request, visitor, "promises", context, page=PAGE)


@console_page(Permission.CATALOG_VIEW)
def promise(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`for`: shop, or scope:id. What is promised there now, and every version of it."""
    scope, scope_id = _place(visitor, request.GET.get("for", ""))
    versions, now = aftersales.history(visitor.shop.id, scope, scope_id), utc_now()
    name = _names(visitor.shop.id, [(scope, scope_id)]).get((scope, scope_id), "")
    in_force = next((one for one in versions if one.from_at <= now), None)
    context = {
        "title": name,
        "key": _key(scope, scope_id),
        "rows": [_row(visitor, one, name, now) for one in versions],
        "lines": _lines(visitor, in_force.terms if in_force else None),
        "coming": [_row(visitor, one, name, now) for one in versions[:1] if one.from_at > now],
        "removable": bool(versions) and versions[0].terms is not None,
        "wider": _("内置承诺") if scope == "shop" else _("范围更大的承诺"),
        "may_edit": visitor.may(Permission.PROMISES_SET),
    }
    return show(request, visitor, "promise", context, page=PAGE, crumbs=[(_("售后承诺"), reverse(PAGE))])


@console_page(Permission.PROMISES_SET, methods=("GET", "POST"))
@step_up
def edit(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`for`: shop, or scope:id. `act`: preview shows the sentences, save sets them. Proof comes before typing."""
    scope, scope_id = _place(visitor, request.GET.get("for", ""))
    place = (scope, scope_id)
    if request.method != "POST":
        last = next(iter(aftersales.history(visitor.shop.id, scope, scope_id, limit=1)), None)
        wider = aftersales.promise_of_shop(visitor.shop.id, utc_now()).terms
        terms = last.terms if last and last.terms else wider
        return _edit(request, visitor, place, typed_of(terms, visitor.shop.currency))
    typed = shown_again(request.POST)
    try:
        terms = terms_typed(request.POST, visitor.shop.currency)
        check_terms(terms)
        if request.POST.get("act") != "save":
            return _edit(request, visitor, place, typed, lines=_lines(visitor, terms))
        set_promise(
            shop_id=visitor.shop.id, scope=scope, scope_id=scope_id, terms=terms, actor=visitor.actor, now=utc_now()
        )  # fmt: skip
    except InvalidInput as error:
        return _edit(request, visitor, place, typed, error=error)
    return done(request, _("已保存，一分钟后生效；之前下的订单按原来的承诺"), _address("desk:promise", place))


@console_page(Permission.PROMISES_SET, methods=("POST",))
@step_up
def remove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`for`: shop, or scope:id. Nothing of its own any more: what is wider holds again."""
    scope, scope_id = _place(visitor, request.GET.get("for", ""))
    set_promise(
        shop_id=visitor.shop.id, scope=scope, scope_id=scope_id, terms=None, actor=visitor.actor, now=utc_now()
    )  # fmt: skip
    return done(request, _("已删除，一分钟后生效；之前下的订单按原来的承诺"), reverse(PAGE))


def _edit(
    request: HttpRequest,
    visitor: Visitor,
    place: tuple[Scope, UUID | None],
    typed: Mapping[str, Any],
    *,
    lines: list[str] | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    name = _names(visitor.shop.id, [place]).get(place, "")
    field = str(error.data.get("field", "")) if error else ""
    context = {
        "title": _("修改承诺"),
        "name": name,
        "key": _key(*place),
        "typed": typed,
        "lines": lines,
        "error": error,
        "errors": {field: (error.message or words.FIELDS.get(field, error.title)) if error else ""} if field else {},
        "first": words.FIRST,
        "bases": words.BASES,
        "evidence": words.EVIDENCE,
        "ways": words.WAYS,
        "units": words.UNITS,
        "zones": [(zone, zone) for zone in [*NEAR, *sorted(zones() - set(NEAR))]],
        "currency": visitor.shop.currency,
        "suppliers_only": place[0] == "supplier",
        **form_rows(typed),
    }
    crumbs = [(_("售后承诺"), reverse(PAGE)), (name, _address("desk:promise", place))]
    status = error.http_status if error else 200
    return show(request, visitor, "promise_edit", context, page=PAGE, crumbs=crumbs, status=status)


def _row(visitor: Visitor, one: PromiseView, name: str, now: datetime) -> dict[str, Any]:
    return {
        "one": one,
        "name": name,
        "scope": words.SCOPES[one.scope],
        "key": _key(one.scope, one.scope_id),
        "lines": _lines(visitor, one.terms),
        "waits": one.from_at > now,
    }


def _lines(visitor: Visitor, terms: Terms | None) -> list[str]:
    return [] if terms is None else aftersales.promise_lines(terms, visitor.shop.currency)


# -- places ---------------------------------------------------------------------------------------------


def _key(scope: str, scope_id: UUID | None) -> str:
    return scope if scope_id is None else f"{scope}:{scope_id}"


def _address(name: str, place: tuple[str, UUID | None]) -> str:
    return f"{reverse(name)}?for={_key(*place)}"


def _place(visitor: Visitor, key: str) -> tuple[Scope, UUID | None]:
    """The scope that an address names. Raises PromiseNotFound, also for a thing of another shop."""
    scope, _colon, text = key.partition(":")
    if key == "shop":
        return "shop", None
    try:
        place = cast(tuple[Scope, UUID], (scope, UUID(text)))
    except ValueError:
        raise PromiseNotFound from None
    if scope == "shop" or not _may_see(visitor, scope) or not _names(visitor.shop.id, [place]):
        raise PromiseNotFound
    return place


def _may_see(visitor: Visitor, scope: str) -> bool:
    """Who a supplier is, is not everybody's to know."""
    return scope != "supplier" or visitor.may(Permission.SUPPLY_VIEW)


def _names(shop_id: UUID, found: Any) -> dict[tuple[str, UUID | None], str]:
    """What these scopes are called; without those that are not the shop's."""
    places = [(one.scope, one.scope_id) if isinstance(one, PromiseView) else one for one in found]
    wanted = {scope: [of for kind, of in places if kind == scope and of is not None] for scope in words.SCOPES}
    names: dict[tuple[str, UUID | None], str] = {}
    if ("shop", None) in places:
        names["shop", None] = str(words.SCOPES["shop"])
    if wanted["sku"]:
        names |= {("sku", of): name for of, name in sku_names(shop_id, wanted["sku"]).items()}
    if wanted["category"]:
        names |= {("category", one.id): one.name for one in catalog.shelves(shop_id) if one.id in wanted["category"]}
    if wanted["supplier"]:
        names |= {("supplier", one.id): one.name for one in supply.suppliers(shop_id) if one.id in wanted["supplier"]}
    return names


def _places(shop_id: UUID) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that a promise can be set for, by kind."""
    groups = [
        (str(words.SCOPES["shop"]), [("shop", str(words.SCOPES["shop"]))]),
        (str(words.SCOPES["category"]), [(f"category:{one.id}", one.name) for one in catalog.shelves(shop_id)]),
        (str(words.SCOPES["supplier"]), [(f"supplier:{one.id}", one.name) for one in supply.suppliers(shop_id)]),
        (str(words.SCOPES["sku"]), [(f"sku:{key}", name) for key, name in sku_choices(shop_id)]),
    ]
    return [(heading, some) for heading, some in groups if some]
