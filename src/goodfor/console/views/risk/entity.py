"""A key: who or what it is, what happened with it, what stands against it, and all that is linked to it."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from goodfor.console import risk_links as links
from goodfor.console import risk_words as words
from goodfor.console.frame import console_page, show
from goodfor.console.risk_graph import MOST, drawing_of
from goodfor.console.risk_watch_words import HOLDS
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.risk.decisions import BACK, key_number
from goodfor.console.views.risk.lines import lines_of
from goodfor.console.views.risk.why import lists_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import NotFound
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.risk import link_queries, queries, rule_queries, search_queries
from goodfor.risk.operations.open_value import open_value
from goodfor.risk.read_types import EventLine
from goodfor.risk.types import KeyKind, Result, Scene
from goodfor.risk.watch_types import DecisionSearch, KeyFigures
from goodfor.risk.wording_rules import shown

PAGE: Final = "desk:risk"
#: So many of the newest stand on the page.
SHOWN: Final = 20
MAX_TYPED: Final = 120


@console_page(Permission.RISK_VIEW)
def find(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The key that a text is: what was typed is hashed, and looked up."""
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_TYPED]
    found = _of_order(visitor, typed) or search_queries.keys_like(visitor.shop.id, typed) if typed else []
    if len(found) == 1:
        return redirect(links.key_page(*found[0]))
    names = links.key_names(visitor, found)
    context = {"title": _("查找对象"), "typed": typed, "found": list(names.values())}
    return show(request, visitor, "risk/find", context, page=PAGE, crumbs=[(_("风控总览"), links.page_of(PAGE))])


def _of_order(visitor: Visitor, number: str) -> list[links.Key]:
    """The keys of whoever made an order, by its latest decision."""
    try:
        order_id = orders.order_by_number(visitor.shop.id, number).id
    except OrderNotFound:
        return []
    now = utc_now()
    wanted = DecisionSearch(since=now - BACK, until=now, subject=("order", order_id))
    return [place for row in search_queries.search(visitor.shop.id, wanted, limit=1).rows for place in row.keys.items()]


@console_page(Permission.RISK_VIEW)
def entity(request: HttpRequest, visitor: Visitor, entity_kind: str, entity_key: int) -> HttpResponse:
    """One of them."""
    return _entity(request, visitor, *_known(visitor, entity_kind, entity_key))


@console_page(Permission.RISK_REVIEW, methods=("POST",))
def value(request: HttpRequest, visitor: Visitor, entity_kind: str, entity_key: int) -> HttpResponse:
    """The same with its whole value, for whoever proved who they are; it is written down that it was seen."""
    kind, key = _known(visitor, entity_kind, entity_key)
    require_fresh_proof(request)
    whole = open_value(shop_id=visitor.shop.id, kind=kind, key=key, actor=visitor.actor, now=utc_now())
    return _entity(request, visitor, kind, key, whole)


def _known(visitor: Visitor, kind: str, key: int) -> links.Key:
    """The key, if this shop has ever seen it. Raises NotFound."""
    try:
        place = KeyKind(kind), key_number(str(key))
    except ValueError:
        raise NotFound from None
    if place not in queries.entities(visitor.shop.id, [place]):
        raise NotFound
    return place


def _entity(request: HttpRequest, visitor: Visitor, kind: KeyKind, key: int, whole: str = "") -> HttpResponse:
    shop_id, now = visitor.shop.id, utc_now()
    known = queries.entities(shop_id, [(kind, key)])[kind, key]
    name = links.key_names(visitor, [(kind, key)])[kind, key]
    figures = search_queries.figures_of(shop_id, kind, key, now=now)
    latest = search_queries.search(
        shop_id, DecisionSearch(since=now - BACK, until=now, key=(kind, key)), limit=SHOWN
    )  # fmt: skip
    events = queries.events_of(shop_id, kind, key, now=now, limit=SHOWN)
    group = link_queries.cluster_of(shop_id, key)
    context: dict[str, Any] = {
        "title": f"{name.kind_words} {name.text}",
        "known": known,
        "whole": whole,
        "may_open": known.has_value and not whole and visitor.may(Permission.RISK_REVIEW),
        "acts": _acts(visitor, figures),
        "outcomes": [(*words.OUTCOMES[outcome], count) for outcome, count in figures.outcomes.items()],
        "looked_at": figures.read,
        "lines": lines_of(visitor, latest.rows),
        "all_decisions": links.decisions_page(kind=kind, key=key),
        "events": _events(visitor, events),
        "lists": lists_of(rule_queries.entries_of_keys(shop_id, [key], now)),
        "holds": [
            (*HOLDS[one.what], shown(one.name) or one.code, links.page_of("desk:risk-rule", one.rule_id), one)
            for one in search_queries.holds_of(shop_id, kind, key, now=now)
        ],
        "drawing": drawing_of(
            visitor, link_queries.graph_of(shop_id, key, most=MOST), key, group.buyers if group else 1
        ),
        "adding": links.page_of("desk:risk-list-add", kind=kind, key=key) if visitor.may(Permission.RISK_SET) else "",
        "name": name,
    }  # fmt: skip
    return show(request, visitor, "risk/entity", context, page=PAGE, crumbs=[(_("风控总览"), links.page_of(PAGE))])


def _acts(visitor: Visitor, figures: KeyFigures) -> list[dict[str, Any]]:
    """A line of each scene: how often it was tried and how it ended, and for how much."""
    rows: dict[Scene, dict[str, Any]] = {}
    for one in figures.acts:
        row = rows.setdefault(one.scene, {"scene": words.SCENES[one.scene], "last_at": one.last_at, "money": ""})
        row[one.result.name.lower()] = f"{one.count:,}+" if one.capped else f"{one.count:,}"
        row["last_at"] = max(row["last_at"], one.last_at)
        if one.result is Result.ATTEMPT and one.amount_minor:
            row["money"] = Money(one.amount_minor, visitor.shop.currency)
    return list(rows.values())


def _events(visitor: Visitor, events: list[EventLine]) -> list[dict[str, Any]]:
    return [
        {
            "at": one.at, "scene": words.SCENES[one.scene], "result": words.RESULTS[one.result],
            "money": Money(one.amount_minor, visitor.shop.currency) if one.amount_minor else None,
            "decision": one.decision_id,
        }
        for one in events
    ]  # fmt: skip
