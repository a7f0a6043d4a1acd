"""A spec as it lies in the database: plain JSON of its fields, read back as it was written. Pure.

Only what was checked is written; what is read was written here, so that reading asks no questions.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.promotions.types import (
    BundlePrice,
    Compare,
    Condition,
    Effect,
    ExtraPoints,
    FullPercent,
    FullReduce,
    Gift,
    Join,
    Limit,
    Node,
    Nth,
    Scope,
    Spec,
    Tier,
    UnitPercent,
    UnitPrice,
    Window,
)

_EFFECTS: Final[Mapping[str, type[Effect]]] = {
    "unit_price": UnitPrice, "unit_percent": UnitPercent, "bundle_price": BundlePrice, "full_reduce": FullReduce,
    "full_percent": FullPercent, "nth": Nth, "gift": Gift,
    "extra_points": ExtraPoints,
}  # fmt: skip
_KINDS: Final = {made: kind for kind, made in _EFFECTS.items()}


def as_json(spec: Spec) -> dict[str, Any]:
    """A spec as JSON values."""
    made: dict[str, Any] = {name: _plain(getattr(spec, name)) for name in Spec.__dataclass_fields__}
    made["effect"]["kind"] = _KINDS[type(spec.effect)]
    return made


def spec_of(text: str) -> Spec:
    """The spec of a stored text."""
    return read(json.loads(text))


def read(said: Mapping[str, Any]) -> Spec:
    """The spec of stored values."""
    return Spec(
        **{
            **said,
            "window": _window(said["window"]),
            "scope": _scope(said["scope"]),
            "effect": _effect(said["effect"]),
            "node": Node(**said["node"]),
            "channels": frozenset(said["channels"]),
            "audience": None if said["audience"] is None else _condition(said["audience"]),
            "limits": tuple(Limit(**limit) for limit in said["limits"]),
        }
    )


def digest_of(said: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical text of a spec's JSON."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def _window(said: Mapping[str, Any]) -> Window:
    return Window(
        datetime.fromisoformat(said["starts_at"]), datetime.fromisoformat(said["ends_at"]),
        frozenset(said["weekdays"]), tuple((start, end) for start, end in said["hours"]),
    )  # fmt: skip


def _scope(said: Mapping[str, Any]) -> Scope:
    named: dict[str, Any] = {
        name: frozenset(map(UUID, value)) if isinstance(value, list) else value for name, value in said.items()
    }
    return Scope(**named)


def _effect(said: Mapping[str, Any]) -> Effect:
    values = {name: value for name, value in said.items() if name != "kind"}
    if "tiers" in values:
        values["tiers"] = tuple(Tier(**tier) for tier in values["tiers"])
    if "by_sku" in values:
        values["by_sku"] = {UUID(sku): price for sku, price in values["by_sku"].items()}
    if "sku_id" in values:
        values["sku_id"] = UUID(values["sku_id"])
    return _EFFECTS[said["kind"]](**values)


def _condition(said: Mapping[str, Any]) -> Condition:
    if "parts" in said:
        return Join(said["op"], tuple(_condition(part) for part in said["parts"]))
    return Compare(**said)
