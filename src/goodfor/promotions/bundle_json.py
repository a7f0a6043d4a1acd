"""A bundle's revision as JSON and back, and what it has to be. Pure; strict: what is not known is refused."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from goodfor.promotions.bundle_errors import InvalidBundle
from goodfor.promotions.bundle_types import (
    BUNDLE_KINDS,
    BY_PICKS,
    BY_SETS,
    CHOOSE,
    FIXED,
    MAX_PARTS,
    MAX_PIECES,
    MAX_SETS,
    TIERED,
    WHAT_THERE_IS,
    WHOLE_OR_NOTHING,
    BundlePart,
    BundleSpec,
    BundleTier,
    PickGroup,
)
from goodfor.promotions.spec_types import BundlePrice

MAX_MINOR = 10**12


def dumped(spec: BundleSpec) -> dict[str, Any]:
    """As JSON holds it; `loaded` reads it back."""
    plain = asdict(spec)
    for part in plain["parts"]:
        part["sku_id"] = str(part["sku_id"])
    return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


def loaded(data: Mapping[str, Any]) -> BundleSpec:
    """What was kept, checked. Raises InvalidBundle."""
    try:
        parts = tuple(BundlePart(**{**part, "sku_id": UUID(str(part["sku_id"]))}) for part in data["parts"])
        groups = tuple(PickGroup(**group) for group in data.get("groups", ()))
        tiers = tuple(BundleTier(tier["count"], BundlePrice(**tier["price"])) for tier in data.get("tiers", ()))
        made = {**data, "parts": parts, "groups": groups, "tiers": tiers, "price": BundlePrice(**data["price"])}
        return checked(BundleSpec(**made))
    except (TypeError, KeyError, ValueError, AttributeError):
        raise InvalidBundle(field="spec") from None


def checked(spec: BundleSpec) -> BundleSpec:
    """The same, if it can be. Raises InvalidBundle with `field` and `reason`."""
    _need(0 < len(_text(spec.title)) <= 40, "title")
    _need(len(_text(spec.summary)) <= 200, "summary")
    _need(spec.kind in BUNDLE_KINDS, "kind")
    _need(spec.delivery in (WHOLE_OR_NOTHING, WHAT_THERE_IS), "delivery")
    _need(_whole(spec.most_sets, 1, MAX_SETS), "most_sets")
    _need(spec.floor is None or _whole(spec.floor, 0, MAX_MINOR), "floor")
    _need(spec.tiers_by in (BY_SETS, BY_PICKS), "tiers_by")
    _check_parts(spec)
    _check_groups(spec)
    _check_price(spec.price, "price")
    _need(len(spec.tiers) <= 20, "tiers")
    counts = [tier.count for tier in spec.tiers]
    _need(all(_whole(count, 1, MAX_SETS) for count in counts) and counts == sorted(set(counts)), "tiers", "ascending")
    for tier in spec.tiers:
        _check_price(tier.price, "tiers")
    _check_kind(spec)
    return spec


def _check_parts(spec: BundleSpec) -> None:
    _need(1 <= len(spec.parts) <= MAX_PARTS, "parts")
    _need(len({part.sku_id for part in spec.parts}) == len(spec.parts), "parts", "duplicate_sku")
    names = {group.name for group in spec.groups}
    for part in spec.parts:
        _need(isinstance(part.sku_id, UUID) and type(part.optional) is bool, "parts")
        _need(_whole(part.pieces, 1, MAX_PIECES), "pieces")
        _need(part.group == "" or part.group in names, "groups", "unknown_group")
        _need(not (part.optional and part.group), "optional", "in_a_group")
        _need(_whole(part.extra, 0, MAX_MINOR), "extra")
        _need(not part.extra or bool(part.optional or part.group), "extra", "always_in")
        _need(part.weight is None or _whole(part.weight, 1, MAX_MINOR), "weight")
    given = sum(part.weight is not None for part in spec.parts)
    _need(given in (0, len(spec.parts)), "weight", "all_or_none")


def _check_groups(spec: BundleSpec) -> None:
    _need(len({group.name for group in spec.groups}) == len(spec.groups) <= 5, "groups")
    for group in spec.groups:
        parts = len(spec.of_group(group.name))
        _need(0 < len(_text(group.name)) <= 20, "groups", "name")
        _need(type(group.again) is bool and _whole(group.least, 0, 50) and _whole(group.most, 1, 50), "groups")
        _need(group.least <= group.most and parts >= 1, "groups", "least_most")
        _need(group.again or group.most <= parts, "groups", "too_few_parts")
        # Else the pieces of an order would not tell how many sets they are.
        _need(not group.again or group.least == group.most, "groups", "again_needs_a_number")


def _check_price(price: BundlePrice, field: str) -> None:
    _need((price.minor is None) != (price.off_bp is None), field, "one_of_two")
    _need(price.minor is None or _whole(price.minor, 1, MAX_MINOR), field)
    _need(price.off_bp is None or _whole(price.off_bp, 0, 9_999), field)


def _check_kind(spec: BundleSpec) -> None:
    if spec.kind == FIXED:
        _need(not spec.groups and not spec.tiers and bool(spec.required), "kind", "fixed")
        _need(sum(part.pieces for part in spec.parts) >= 2, "parts", "one_piece")
    if spec.kind == CHOOSE:
        _need(bool(spec.groups) and not spec.tiers, "kind", "choose")
    if spec.kind == TIERED:
        _need(bool(spec.tiers) and (bool(spec.groups) or spec.tiers_by == BY_SETS), "kind", "tiered")


def _text(text: object) -> str:
    if not isinstance(text, str) or "\x00" in text:
        raise InvalidBundle(field="text")
    text.encode()
    return text.strip()


def _whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _need(good: bool, field: str, reason: str = "invalid") -> None:
    if not good:
        raise InvalidBundle(field=field, reason=reason)
