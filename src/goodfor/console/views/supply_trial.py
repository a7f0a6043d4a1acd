"""Trials of another routing: what last week's purchases would have been, beside what they were."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import supply_watch_words as words
from goodfor.console.desk.sku_names import sku_choices, sku_names
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.kit.writing import percent
from goodfor.supply import queries as supply
from goodfor.supply.operations.start_trial import start_trial
from goodfor.supply.types import DraftChange, TrialDraft, TrialShare, TrialView

PAGE: Final = "desk:supply-trials"
_DECIMAL: Final = re.compile(r"\d{1,9}(\.\d{1,6})?")
_CHANGE: Final = re.compile(r"-?\d{1,4}(\.\d{1,2})?")


@console_page(Permission.SUPPLY_VIEW)
def trials(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The latest trials, and the form of a new one: of one SKU with its offers (`sku`), or of all by supplier."""
    return _trials(request, visitor, request.GET.get("sku", ""))


def _trials(request: HttpRequest, visitor: Visitor, asked: str, error: DomainError | None = None) -> HttpResponse:
    shop_id, skus = visitor.shop.id, sku_choices(visitor.shop.id)
    sku_id = UUID(asked) if asked in dict(skus) else None
    typed = request.POST.dict() if error else {}
    latest = supply.trials(shop_id)
    names = sku_names(shop_id, [one.draft.sku_id for one in latest if one.draft.sku_id])
    context: dict[str, Any] = {
        "skus": skus,
        "sku": str(sku_id or ""),
        "lines": _offer_lines(shop_id, sku_id, typed) if sku_id else _supplier_lines(shop_id, typed),
        "floor": typed.get("floor", _floor(visitor, sku_id)),
        "latest": [_line(one, names) for one in latest],
        "running": any(one.ended_at is None for one in latest),
        "error": error,
        "wrong": _wrong(error) if error else "",
        "may_edit": visitor.may(Permission.SUPPLY_MANAGE),
    }
    return show(request, visitor, "supply_trials", context, page=PAGE, status=error.http_status if error else 200)


def _wrong(error: DomainError) -> Any:
    return error.message or words.FIELDS.get(str(error.data.get("field", "")), error.title)


def _floor(visitor: Visitor, sku_id: UUID | None) -> str:
    if sku_id is None:
        return ""
    return Money(supply.floor_of(visitor.shop.id, sku_id), visitor.shop.currency).as_decimal_string()


def _offer_lines(shop_id: UUID, sku_id: UUID, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.offer_id), "name": one.supplier, "note": one.item, "currency": one.currency,
            "priority": typed.get(f"priority-{one.offer_id}", str(one.priority)),
            "weight": typed.get(f"weight-{one.offer_id}", str(one.weight)),
            "cost": typed.get(f"cost-{one.offer_id}", plain(one.cost)),
            "enabled": f"enabled-{one.offer_id}" in typed if typed else one.enabled,
        }
        for one in supply.offers_now(shop_id, sku_id, utc_now())
    ]  # fmt: skip


def _supplier_lines(shop_id: UUID, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.id), "name": one.name, "note": one.code,
            "change": typed.get(f"change-{one.id}", ""),
            "enabled": f"enabled-{one.id}" in typed if typed else one.enabled,
        }
        for one in supply.suppliers(shop_id)
    ]  # fmt: skip


def _line(one: TrialView, names: Mapping[UUID, str]) -> dict[str, Any]:
    state, tone = words.TRIALS.get(one.state, (one.state, "plain"))
    name = names.get(one.draft.sku_id, "") if one.draft.sku_id else _("全部规格")
    return {"trial": one, "name": name, "state": state, "tone": tone}


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def start(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Have a draft worked out."""
    asked = request.POST.get("sku", "")
    try:
        draft = _draft(visitor, asked, request.POST.dict())
        trial_id = start_trial(shop_id=visitor.shop.id, draft=draft, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _trials(request, visitor, asked, error)
    return redirect("desk:supply-trial", trial_id)


def _draft(visitor: Visitor, asked: str, typed: Mapping[str, str]) -> TrialDraft:
    """Only what differs from what is. Raises InvalidInput with the field."""
    shop_id = visitor.shop.id
    if asked not in dict(sku_choices(shop_id)):
        changes = {one.id: _supplier_change(str(one.id), one.enabled, typed) for one in supply.suppliers(shop_id)}
        return TrialDraft(suppliers={key: change for key, change in changes.items() if change != DraftChange()})
    sku_id, offers = UUID(asked), {}
    for one in supply.offers_now(shop_id, sku_id, utc_now()):
        key = str(one.offer_id)
        priority, weight = _whole(typed, "priority", key), _whole(typed, "weight", key)
        cost, enabled = _decimal(typed, "cost", key), f"enabled-{key}" in typed
        change = DraftChange(
            priority=None if priority == one.priority else priority, weight=None if weight == one.weight else weight,
            enabled=None if enabled == one.enabled else enabled, cost=None if cost == one.cost else cost,
        )  # fmt: skip
        if change != DraftChange():
            offers[one.offer_id] = change
    floor = _money(typed, visitor.shop.currency)
    same = floor is None or floor == supply.floor_of(shop_id, sku_id)
    return TrialDraft(sku_id, offers, floors={} if same or floor is None else {sku_id: floor})


def _supplier_change(key: str, was: bool, typed: Mapping[str, str]) -> DraftChange:
    text, enabled = typed.get(f"change-{key}", "").strip().rstrip("%"), f"enabled-{key}" in typed
    if text and not (text.isascii() and _CHANGE.fullmatch(text)):
        raise InvalidInput(field="cost_points")
    points = int(Decimal(text) * 100) if text else 0
    return DraftChange(enabled=None if enabled == was else enabled, cost_points=points or None)


def _whole(typed: Mapping[str, str], name: str, key: str) -> int | None:
    text = typed.get(f"{name}-{key}", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidInput(field=name)
    return int(text)


def _decimal(typed: Mapping[str, str], name: str, key: str) -> Decimal | None:
    text = typed.get(f"{name}-{key}", "").strip()
    if not text:
        return None
    if not (text.isascii() and _DECIMAL.fullmatch(text)):
        raise InvalidInput(field=name)
    return Decimal(text)


def _money(typed: Mapping[str, str], currency: str) -> int | None:
    text = typed.get("floor", "").strip()
    if not text:
        return None
    try:
        return Money.parse(text, currency).amount_minor
    except ValueError:
        raise InvalidInput(field="floor") from None


def plain(cost: Decimal) -> str:
    """As it is typed."""
    short = cost.normalize()
    return f"{short if -int(short.as_tuple().exponent) >= 2 else short.quantize(Decimal('0.01')):f}"


@console_page(Permission.SUPPLY_VIEW)
def trial(request: HttpRequest, visitor: Visitor, trial_id: UUID) -> HttpResponse:
    """One, as far as it is; it watches itself while it is worked out."""
    found = supply.trial(visitor.shop.id, trial_id)
    state, tone = words.TRIALS.get(found.state, (found.state, "plain"))
    names = {one.id: one.name for one in supply.suppliers(visitor.shop.id)}
    sku = sku_names(visitor.shop.id, [found.draft.sku_id]).get(found.draft.sku_id, "") if found.draft.sku_id else ""
    rows = _shares(found, names, visitor.shop.currency)
    context = {
        "title": sku or _("全部规格"),
        "trial": found,
        "state": state,
        "tone": tone,
        "running": found.ended_at is None,
        "rows": rows,
        "totals": _totals(found, visitor.shop.currency),
        "chart": _chart(rows),
        "changes": _changes(found, names, visitor),
        "unserved": f"{found.unserved:.1f}",
    }
    crumbs = [(_("路由试算"), reverse(PAGE))]
    return show(request, visitor, "supply_trial", context, page=PAGE, crumbs=crumbs)


def _shares(found: TrialView, names: Mapping[UUID, str], currency: str) -> list[dict[str, Any]]:
    ids = sorted({*found.really, *found.drafted}, key=lambda one: names.get(one, ""))
    return [
        {"name": names.get(one, str(one)[:8]), "really": _share(found.really.get(one), currency),
         "draft": _share(found.drafted.get(one), currency)}
        for one in ids
    ]  # fmt: skip


def _share(share: TrialShare | None, currency: str) -> dict[str, Any]:
    share = share or TrialShare(Decimal(0), Decimal(0), Decimal(0), Decimal(0))
    return {
        "units": f"{share.good:.1f}".removesuffix(".0"), "number": float(round(share.good, 1)),
        "cost": words.money(share.cost, currency), "margin": words.money(share.margin, currency),
        "failed": "–" if share.failed is None else percent(share.failed),
    }  # fmt: skip


def _totals(found: TrialView, currency: str) -> dict[str, Any]:
    def total(shares: Mapping[UUID, TrialShare]) -> dict[str, Any]:
        some = list(shares.values())
        return _share(
            TrialShare(
                sum((one.tried for one in some), Decimal(0)), sum((one.good for one in some), Decimal(0)),
                sum((one.cost for one in some), Decimal(0)), sum((one.margin for one in some), Decimal(0)),
            ), currency,
        )  # fmt: skip

    return {"really": total(found.really), "draft": total(found.drafted)}


def _chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": "bar",
        "columns": [_("供应商"), _("实际到货"), _("试算到货")],
        "rows": [[row["name"], row["really"]["number"], row["draft"]["number"]] for row in rows],
        "unit": _("个"),
        "format": "number",
    }


def _changes(found: TrialView, names: Mapping[UUID, str], visitor: Visitor) -> list[str]:
    """What the draft changes, in words."""
    offers = {}
    if found.draft.sku_id:
        now = supply.offers_now(visitor.shop.id, found.draft.sku_id, utc_now())
        offers = {one.offer_id: f"{one.supplier} {one.item}" for one in now}
    said = [_change(offers.get(key, str(key)[:8]), change) for key, change in found.draft.offers.items()]
    said += [_change(names.get(key, str(key)[:8]), change) for key, change in found.draft.suppliers.items()]
    for floor in found.draft.floors.values():
        amount = Money(floor, visitor.shop.currency).as_decimal_string()
        said.append(_("最低毛利 %(amount)s") % {"amount": amount})
    return said


def _change(name: str, change: DraftChange) -> str:
    parts = []
    if change.enabled is not None:
        parts.append(_("启用") if change.enabled else _("停用"))
    if change.priority is not None:
        parts.append(_("优先级 %(n)s") % {"n": change.priority})
    if change.weight is not None:
        parts.append(_("权重 %(n)s") % {"n": change.weight})
    if change.cost is not None:
        parts.append(_("成本 %(cost)s") % {"cost": plain(change.cost)})
    if change.cost_points is not None:
        sign = "+" if change.cost_points > 0 else "-"
        parts.append(_("成本 %(cost)s") % {"cost": sign + words.points(abs(change.cost_points))})
    return f"{name}: {' · '.join(parts)}"
