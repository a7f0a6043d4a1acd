"""A revision as its form shows it, and whether the form has room for all that it says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict

from goodfor.catalog.types import SkuLabel
from goodfor.console import promo_fields as asked
from goodfor.console.money_fields import percent, plain
from goodfor.console.promo_forms import AUDIENCES, CampaignForm, without_tier
from goodfor.console.promo_times import spans_text
from goodfor.console.promo_words import kind_of
from goodfor.kernel.errors import DomainError
from goodfor.promotions.types import (
    USUAL_BP,
    BundlePrice,
    Effect,
    ExtraPoints,
    FullPercent,
    FullReduce,
    Gift,
    Nth,
    Scope,
    Spec,
    UnitPercent,
    UnitPrice,
)

#: Fields of limits: (entity, counts, period) -> the field's name, and whether it is money.
_LIMITS: Final[Mapping[tuple[str, str, str], tuple[str, bool]]] = {
    ("campaign", "minor", "all"): ("budget", True),
    ("campaign", "uses", "all"): ("uses", False),
    ("buyer", "uses", "all"): ("buyer_uses", False),
    ("buyer", "uses", "day"): ("buyer_day", False),
    ("buyer", "units", "all"): ("buyer_units", False),
    ("campaign", "loss", "all"): ("loss", True),
}


def initial_of(name: str, spec: Spec, labels: Mapping[UUID, SkuLabel], currency: str, zone: str) -> dict[str, Any]:
    """Values by field, as they are typed."""
    at = ZoneInfo(zone)
    whom, rank = without_tier(spec.audience)
    found: dict[str, Any] = {
        "name": name,
        "starts_at": spec.window.starts_at.astimezone(at).strftime(asked.MOMENT),
        "ends_at": spec.window.ends_at.astimezone(at).strftime(asked.MOMENT),
        "hours": spans_text(spec.window.hours),
        "weekdays": [str(day) for day in sorted(spec.window.weekdays)],
        "channels": sorted(spec.channels),
        "audience": next((key for key, who in AUDIENCES.items() if who == whom), asked.EVERYBODY),
        "tier": str(rank),
        "floor": plain(spec.floor, currency),
        "stacking": spec.stacking,
        "category": spec.category,
        "mode": spec.node.mode,
        "priority": spec.priority,
        "part": spec.cut,
        "per_order": spec.per_order,
    }
    for limit in spec.limits:
        field, money = _LIMITS.get((limit.entity, limit.counts, limit.period), ("", False))
        if field:
            found[field] = plain(limit.most, currency) if money else limit.most
    return found | _goods(kind_of(spec).key, spec, labels, currency) | _effect(spec.effect, currency) | _play(spec)


def fits(form: CampaignForm, spec: Spec, typed: Mapping[str, Any]) -> bool:
    """Whether the form, sent as it shows the revision, says the same: what programs made may say more."""
    sent = QueryDict(mutable=True)
    for name, value in typed.items():
        if value in (None, "", False):
            continue
        sent.setlist(name, list(value) if isinstance(value, list) else ["on" if value is True else str(value)])
    again = CampaignForm.like(form, sent)
    try:
        return again.is_valid() and again.spec() == _each_named(spec)
    except DomainError:
        return False


def _each_named(spec: Spec) -> Spec:
    """The same, with the price of each SKU that it is about, as the form writes it."""
    effect, skus = spec.effect, spec.scope.skus
    if not isinstance(effect, UnitPrice) or not skus:
        return spec
    prices = {sku: effect.by_sku.get(sku, effect.minor) for sku in skus}
    return replace(spec, effect=UnitPrice(max(prices.values()), prices))


def _goods(kind: str, spec: Spec, labels: Mapping[UUID, SkuLabel], currency: str) -> dict[str, Any]:
    scope, effect = spec.scope, spec.effect
    if kind == "bundle":
        return {"bundle": spec.play_settings.get("bundle", "")}
    if kind in asked.BY_SKU and isinstance(effect, UnitPrice):
        own = spec.play_settings.get("units_by_sku")
        stock = own if isinstance(own, Mapping) else {}
        # In the order of their names, as people look for them.
        known = sorted(scope.skus, key=lambda sku: (_name(labels, sku), sku))
        found: dict[str, Any] = {}
        for n, sku in enumerate(known[: asked.ROWS]):
            found |= {f"sku_{n}": str(sku), f"price_{n}": plain(effect.by_sku.get(sku, effect.minor), currency)}
            if str(sku) in stock:
                found[f"stock_{n}"] = stock[str(sku)]
        return found
    return {"goods": _chosen(scope), "without": _texts(scope.without_skus), "bundles": scope.bundles} | {
        name: _texts(getattr(scope, name)) for name in ("categories", "products", "skus")
    }


def _chosen(scope: Scope) -> str:
    if scope.everything:
        return asked.ALL
    return next((name for name in ("categories", "products", "skus") if getattr(scope, name)), asked.ALL)


def _effect(effect: Effect, currency: str) -> dict[str, Any]:
    match effect:
        case UnitPercent(bp):
            return {"bp": percent(bp)}
        case BundlePrice(minor, off_bp):
            return {"price": plain(minor, currency), "less": "" if off_bp is None else percent(off_bp)}
        case Nth(n, bp, across):
            return {"n": n, "bp": percent(bp), "across": across}
        case ExtraPoints():
            return {
                "times": percent(effect.times_bp, 10_000) if effect.times_bp > USUAL_BP else "",
                "plus": effect.plus or None, "threshold": _threshold(effect.threshold, False, currency),
            }  # fmt: skip
        case Gift():
            return {
                "gift": str(effect.sku_id), "gift_pieces": effect.pieces,
                "threshold": _threshold(effect.threshold, effect.by_pieces, currency),
                "by_pieces": effect.by_pieces, "every": effect.every, "most_pieces": effect.most,
            }  # fmt: skip
        case FullReduce() | FullPercent():
            off = isinstance(effect, FullReduce)
            found: dict[str, Any] = {
                "pieces": effect.pieces, "most": plain(effect.most, currency),
                "coupon_kind": asked.OFF if off else asked.PERCENT,
            }  # fmt: skip
            if isinstance(effect, FullReduce):
                found["every"] = effect.every
            for n, tier in enumerate(effect.tiers[: asked.TIERS]):
                found[f"threshold_{n}"] = _threshold(tier.threshold, effect.pieces, currency)
                found[f"value_{n}"] = plain(tier.value, currency) if off else percent(tier.value)
            return found
    return {}


def _threshold(threshold: int, pieces: bool, currency: str) -> str:
    """From the first fen on is no threshold."""
    if pieces:
        return str(threshold)
    return plain(threshold, currency) if threshold > 1 else ""


def _play(spec: Spec) -> dict[str, Any]:
    told = spec.play_settings
    names = {"size": "size", "hours": "group_hours", "each": "each", "helpers": "helpers", "help_most": "help_most"}
    found: dict[str, Any] = {field: told[name] for name, field in names.items() if name in told}
    if "wechat" in told:
        found["wechat"] = told["wechat"] is True
    return found


def _name(labels: Mapping[UUID, SkuLabel], sku: UUID) -> str:
    one = labels.get(sku)
    return f"{one.product_name} {one.name}" if one else ""


def _texts(ids: frozenset[UUID]) -> list[str]:
    return sorted(str(one) for one in ids)
