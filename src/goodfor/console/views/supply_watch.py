"""Watched prices: what waits for a person, the rules, what they did; one SKU's rule."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.console import supply_watch_words as words
from goodfor.console.desk.sku_names import sku_choices, sku_names
from goodfor.console.frame import console_page, done, local_path, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import EXPONENTS, Money
from goodfor.supply import queries as supply
from goodfor.supply.operations.decide_move import decide_move
from goodfor.supply.operations.set_watch import remove_watch, set_watch
from goodfor.supply.types import MoveView, WatchRule, WatchView

PAGE: Final = "desk:supply-watch"
SHOWN: Final = 50
#: What a price may end with, as parts of the currency's unit: none, .00, .90, .99, or on a multiple of ten.
ENDINGS: Final = {"": (1, 0), "00": (100, 0), "90": (100, 90), "99": (100, 99), "10": (10, 0)}
_PERCENT: Final = re.compile(r"\d{1,5}(\.\d{1,2})?")


@console_page(Permission.SUPPLY_VIEW)
def watches(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`view`: what waits (and the rules), or all that rules did, newest first."""
    shop_id = visitor.shop.id
    history = request.GET.get("view") == "history"
    text = request.GET.get("page", "")
    page = max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    offset = (page - 1) * SHOWN
    waiting = supply.moves(shop_id, state="waiting", limit=SHOWN)
    rules = [] if history else supply.watches(shop_id, offset=offset, limit=SHOWN + 1)
    moves = supply.moves(shop_id, offset=offset, limit=SHOWN + 1) if history else []
    view = "view=history&" if history else ""
    skus = [] if history else sku_choices(shop_id)
    chosen = request.GET.get("sku", "")
    if chosen in dict(skus):
        return _rule(request, visitor, UUID(chosen))
    context = {
        "tabs": [
            {"key": "", "label": _("规则"), "href": "?", "count": len(waiting) or None, "tone": "amber"},
            {"key": "history", "label": _("变动记录"), "href": "?view=history"},
        ],
        "view": "history" if history else "",
        "waiting": move_rows(visitor, waiting) if not history else [],
        "rules": _rule_rows(visitor, rules[:SHOWN]),
        "moves": move_rows(visitor, moves[:SHOWN]),
        "next": f"?{view}page={page + 1}" if len(rules or moves) > SHOWN else "",
        "previous": f"?{view}page={page - 1}" if page > 1 else "",
        "skus": skus,
        "may_edit": visitor.may(Permission.SUPPLY_MANAGE),
    }
    return show(request, visitor, "supply_watch", context, page=PAGE)


def _rule_rows(visitor: Visitor, rules: Sequence[WatchView]) -> list[dict[str, Any]]:
    ids, now = [one.sku_id for one in rules], utc_now()
    names, prices = sku_names(visitor.shop.id, ids), catalog.prices(visitor.shop.id, ids)
    offered = supply.buyable(visitor.shop.id, ids, now)
    return [
        {
            "watch": one, "name": names.get(one.sku_id, str(one.sku_id)[:8]), "price": prices.get(one.sku_id),
            "cost": words.cost(one.cost, visitor.shop.currency), "buyable": offered.get(one.sku_id),
            "line": words.rule_line(one.rule, _currency(prices.get(one.sku_id), visitor)),
        }
        for one in rules
    ]  # fmt: skip


def move_rows(visitor: Visitor, moves: Sequence[MoveView]) -> list[dict[str, Any]]:
    """Moves in words."""
    names = sku_names(visitor.shop.id, [one.sku_id for one in moves])
    suppliers = {one.id: one.name for one in supply.suppliers(visitor.shop.id)} if moves else {}
    rows = []
    for one in moves:
        state, tone = words.MOVE_STATES.get(one.state, (one.state, "plain"))
        rows.append({
            "move": one, "name": names.get(one.sku_id, str(one.sku_id)[:8]), "state": state, "tone": tone,
            "what": words.MOVES.get(one.what, one.what), "held": words.HELD.get(one.held_by, ""),
            "supplier": suppliers.get(one.supplier_id, "") if one.supplier_id else "",
            "old_cost": words.cost(one.old_cost, visitor.shop.currency),
            "new_cost": words.cost(one.new_cost, visitor.shop.currency),
            "old": Money(one.old_minor, one.currency), "new": Money(one.new_minor, one.currency),
        })  # fmt: skip
    return rows


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def decide(request: HttpRequest, visitor: Visitor, move_id: UUID) -> HttpResponse:
    """`act`: approve or refuse a change that is larger than its rule allows."""
    act = request.POST.get("act", "")
    supply.move(visitor.shop.id, move_id)
    if act not in ("approve", "refuse"):
        raise InvalidInput(_("没有这个操作"))
    decide_move(shop_id=visitor.shop.id, move_id=move_id, approve=act == "approve", actor=visitor.actor, now=utc_now())
    said = _("已按建议改价") if act == "approve" else _("已拒绝，价格不变")
    return done(request, said, local_path(request.POST.get("next", ""), reverse(PAGE)))


@console_page(Permission.SUPPLY_VIEW)
def rule(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """One SKU: its price, its costs, its rule, and what the rule did."""
    return _rule(request, visitor, sku_id)


def _rule(request: HttpRequest, visitor: Visitor, sku_id: UUID, error: DomainError | None = None) -> HttpResponse:
    shop_id, now = visitor.shop.id, utc_now()
    sku = catalog.desk_sku(shop_id, sku_id)
    found = supply.watch(shop_id, sku_id)
    price = sku.sku.price
    field = str(error.data.get("field", "")) if error else ""
    context: dict[str, Any] = {
        "title": f"{sku.product_name} {sku.sku.name}",
        "sku": sku,
        "watch": found,
        "line": words.rule_line(found.rule, price.currency) if found else "",
        "typed": request.POST.dict() if error else typed_of(found.rule if found else WatchRule(), price.currency),
        "errors": {field: error.message or words.FIELDS.get(field, error.title)} if error else {},
        "error": error,
        "offers": [
            (one, words.cost(one.cost, one.currency), words.cost(one.landed, visitor.shop.currency))
            for one in supply.offers_now(shop_id, sku_id, now)
        ],
        "buyable": supply.buyable(shop_id, [sku_id], now).get(sku_id),
        "moves": move_rows(visitor, supply.moves(shop_id, sku_id=sku_id, limit=SHOWN)),
        "modes": words.MODES,
        "endings": _endings(price.currency),
        "may_edit": visitor.may(Permission.SUPPLY_MANAGE),
    }
    crumbs = [(_("价格与库存"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply_rule", context, page=PAGE, crumbs=crumbs, status=status)


def _endings(currency: str) -> list[tuple[str, str]]:
    named = {"": _("不处理"), "00": _("整元"), "90": ".90", "99": ".99", "10": _("整角")}
    if EXPONENTS[currency] != 2:
        named = {"": _("不处理"), "00": _("整百"), "10": _("整十")}
    return list(named.items())


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def save(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """A rule for this SKU, or another one."""
    sku = catalog.desk_sku(visitor.shop.id, sku_id)
    try:
        wanted = rule_typed(request.POST.dict(), sku.sku.price.currency)
        set_watch(shop_id=visitor.shop.id, sku_id=sku_id, rule=wanted, actor=visitor.actor, now=utc_now())
    except InvalidInput as error:
        return _rule(request, visitor, sku_id, error)
    return done(request, _("规则已保存，马上按它检查"), reverse("desk:supply-rule", args=[sku_id]))


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def remove(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """No rule any more: the price stays as it is."""
    catalog.desk_sku(visitor.shop.id, sku_id)
    remove_watch(shop_id=visitor.shop.id, sku_id=sku_id, actor=visitor.actor, now=utc_now())
    return done(request, _("规则已删除，价格保持不变"), reverse(PAGE))


def _currency(price: Money | None, visitor: Visitor) -> str:
    return price.currency if price else visitor.shop.currency


# -- between the form and the rule ------------------------------------------------------------------


def rule_typed(typed: Mapping[str, str], currency: str) -> WatchRule:
    """What was typed. Raises InvalidInput with the field."""
    if typed.get("ending", "") not in ENDINGS:
        raise InvalidInput(field="ending")
    step, ending = ENDINGS[typed.get("ending", "")]
    return WatchRule(
        mode=typed.get("mode", ""),
        margin_points=_points(typed, "margin_points") or 0,
        margin_minor=_minor(typed, "margin_minor", currency) or 0,
        step_minor=step,
        ending_minor=ending,
        most_once_points=_points(typed, "most_once_points"),
        most_day_points=_points(typed, "most_day_points"),
        least_minor=_minor(typed, "least_minor", currency),
        most_minor=_minor(typed, "most_minor", currency),
        pause_on_loss="pause_on_loss" in typed,
    )


def typed_of(rule: WatchRule, currency: str) -> dict[str, str]:
    """A rule as its form shows it."""
    ending = next((key for key, pair in ENDINGS.items() if pair == (rule.step_minor, rule.ending_minor)), "")
    return {
        "mode": rule.mode, "margin_points": _percent(rule.margin_points), "ending": ending,
        "margin_minor": _amount(rule.margin_minor or None, currency),
        "most_once_points": _percent(rule.most_once_points), "most_day_points": _percent(rule.most_day_points),
        "least_minor": _amount(rule.least_minor, currency), "most_minor": _amount(rule.most_minor, currency),
        "pause_on_loss": "1" if rule.pause_on_loss else "",
    }  # fmt: skip


def _points(typed: Mapping[str, str], key: str) -> int | None:
    text = typed.get(key, "").strip().rstrip("%")
    if not text:
        return None
    if not text.isascii() or not _PERCENT.fullmatch(text):
        raise InvalidInput(field=key)
    whole, _dot, rest = text.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def _minor(typed: Mapping[str, str], key: str, currency: str) -> int | None:
    text = typed.get(key, "").strip()
    if not text:
        return None
    try:
        return Money.parse(text, currency).amount_minor
    except ValueError:
        raise InvalidInput(field=key) from None


def _percent(value: int | None) -> str:
    return "" if value is None else words.points(value).rstrip("%")


def _amount(value: int | None, currency: str) -> str:
    return "" if value is None else Money(value, currency).as_decimal_string()
