"""What a revision says, from JSON that somebody wrote: strict and bounded. `stored` writes the same shape.

Raises InvalidSpec, which names the field. What belongs together is in `spec_whole`.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.promotions.spec_reading import At, given
from goodfor.promotions.spec_whole import check_whole
from goodfor.promotions.types import (
    AUTO,
    BY_CHOICE,
    BY_COUPON,
    COUNTS,
    ENTITIES,
    EXCLUSIVE,
    JOINT,
    LAYERS,
    MODES,
    NEVER,
    NORMAL,
    PART,
    PERIODS,
    PLAYS,
    WHOLE,
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

#: Ten million yuan, in fen; and what a limit may count.
MOST_MINOR: Final = 1_000_000_000
MOST_COUNTED: Final = 10**15
MOST_TIERS, MOST_NAMED, MOST_DEPTH, MOST_PARTS, MOST_LIMITS = 20, 1_000, 8, 200, 20
MOST_SETTINGS, MOST_NESTED = 20_000, 5
NUMBERS: Final = ("eq", "ne", "lt", "le", "gt", "ge")
#: What may be asked of a buyer, and of what kind it is.
FACTS: Final[Mapping[str, type]] = {
    "orders_paid": int, "registered_days": int, "tier": int, "tags": frozenset, "signed_in": bool,
}  # fmt: skip
#: Nobody knows them of a buyer yet: a condition on them would never be met, and say nothing.
NOT_YET: Final = frozenset({"tags"})
_KEPT: Final = re.compile(r"[^\x00\ud800-\udfff]*")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")


def parse(said: object) -> Spec:
    """The spec of JSON values. Raises InvalidSpec."""
    fields = At(said).fields(("play", "layer", "window", "scope", "effect"), _OTHERS)
    spec = Spec(
        play=fields["play"].one_of(PLAYS),
        layer=fields["layer"].one_of(LAYERS),
        window=_window(fields["window"]),
        scope=_scope(fields["scope"]),
        effect=_effect(fields["effect"]),
        **given(fields, _OTHERS),
    )
    check_whole(spec)
    return spec


def _minor(at: At) -> int:
    return at.whole(0, MOST_MINOR)


def _price(at: At) -> int:
    return at.whole(1, MOST_MINOR)


def _bp(at: At) -> int:
    return at.whole(0, 9_999)


def _pieces(at: At) -> int:
    return at.whole(1, 10_000)


def _names(at: At) -> frozenset[UUID]:
    return frozenset(one.name() for one in at.items(MOST_NAMED))


def _window(at: At) -> Window:
    fields = at.fields(("starts_at", "ends_at"), ("weekdays", "hours"))
    readers: Mapping[str, Callable[[At], Any]] = {
        "weekdays": lambda days: frozenset(day.whole(1, 7) for day in days.items(7)),
        "hours": lambda spans: tuple(_hours(span) for span in spans.items(24)),
    }
    return Window(fields["starts_at"].moment(), fields["ends_at"].moment(), **given(fields, readers))


def _hours(at: At) -> tuple[int, int]:
    start, end = (minute.whole(0, 1440) for minute in at.items(2, 2))
    if start >= end:
        at.fail(_("结束必须晚于开始"))
    return start, end


def _scope(at: At) -> Scope:
    lists = [name for name in Scope.__dataclass_fields__ if name not in ("everything", "bundles")]
    readers: dict[str, Callable[[At], Any]] = dict.fromkeys(lists, _names)
    readers |= {"everything": At.truth, "bundles": At.truth}
    return Scope(**given(at.fields((), readers), readers))


def _tiers(at: At) -> tuple[Tier, ...]:
    found = []
    for item in at.items(MOST_TIERS, 1):
        fields = item.fields(("threshold", "value"))
        found.append(Tier(_price(fields["threshold"]), _minor(fields["value"])))
    return tuple(found)


def _by_sku(at: At) -> dict[UUID, int]:
    if not isinstance(at.value, dict) or len(at.value) > MOST_NAMED:
        at.fail(_("最多 %(most)d 项") % {"most": MOST_NAMED})
    return {At(sku, (*at.path, str(sku)[:40])).name(): _price(At(price, (*at.path, str(sku)[:40])))
            for sku, price in at.value.items()}  # fmt: skip


def _most(at: At) -> int | None:
    return at.maybe(_price)


#: Of each effect: its class, what it needs, what it may have beside.
_Readers = Mapping[str, Callable[[At], Any]]
_EFFECTS: Final[Mapping[str, tuple[type[Effect], _Readers, _Readers]]] = {
    "unit_price": (UnitPrice, {"minor": _price}, {"by_sku": _by_sku}),
    "unit_percent": (UnitPercent, {"bp": _bp}, {}),
    "bundle_price": (BundlePrice, {"minor": _most}, {"off_bp": lambda at: at.maybe(_bp)}),
    "full_reduce": (FullReduce, {"tiers": _tiers}, {"pieces": At.truth, "every": At.truth, "most": _most}),
    "full_percent": (FullPercent, {"tiers": _tiers}, {"pieces": At.truth, "most": _most}),
    "nth": (Nth, {"n": lambda at: at.whole(2, 100), "bp": _bp}, {"across": At.truth}),
    "extra_points": (
        ExtraPoints,
        {},
        {
            "times_bp": lambda at: at.whole(10_000, 100_000),
            "plus": lambda at: at.whole(0, 100_000),
            "threshold": _price,
        },
    ),
    "gift": (
        Gift,
        {"sku_id": At.name, "pieces": _pieces, "threshold": _price},
        {"by_pieces": At.truth, "every": At.truth, "most": lambda at: at.maybe(_pieces)},
    ),
}


def _effect(at: At) -> Effect:
    kind = At(at.value.get("kind") if isinstance(at.value, dict) else None, (*at.path, "kind")).one_of(_EFFECTS)
    made, needed, others = _EFFECTS[kind]
    fields = at.fields(("kind", *needed), others)
    return made(**given(fields, needed), **given(fields, others))


def _node(at: At) -> Node:
    readers: _Readers = {
        "name": lambda name: name.text(40),
        "mode": lambda mode: mode.one_of(MODES),
        "position": lambda position: position.whole(-1_000, 1_000),
    }
    return Node(**given(at.fields((), readers), readers))


def _limits(at: At) -> tuple[Limit, ...]:
    found = []
    for item in at.items(MOST_LIMITS):
        fields = item.fields(("entity", "counts", "period", "most"), ("back",))
        entity, counts = fields["entity"].one_of(ENTITIES), fields["counts"].one_of(COUNTS)
        period, most = fields["period"].one_of(PERIODS), fields["most"].whole(0, MOST_COUNTED)
        back = fields["back"].one_of((WHOLE, PART, NEVER)) if "back" in fields else WHOLE
        found.append(Limit(entity, counts, period, most, back))
    return tuple(found)


def _audience(at: At) -> Condition | None:
    if at.value is None:
        return None
    left = [MOST_PARTS]
    return _condition(at, 1, left)


def _condition(at: At, depth: int, left: list[int]) -> Condition:
    left[0] -= 1
    if depth > MOST_DEPTH or left[0] < 0:
        at.fail(_("条件太复杂"))
    if isinstance(at.value, dict) and "parts" in at.value:
        fields = at.fields(("op", "parts"))
        join = fields["op"].one_of(("and", "or", "not"))
        parts = fields["parts"].items(1 if join == "not" else MOST_PARTS, 1)
        return Join(join, tuple(_condition(part, depth + 1, left) for part in parts))
    fields = at.fields(("fact", "op", "value"))
    fact, op, value = fields["fact"].one_of(FACTS), fields["op"], fields["value"]
    if fact in NOT_YET:
        fields["fact"].fail(_("还没有标签，不能用作条件"))
    if FACTS[fact] is frozenset:
        return Compare(fact, op.one_of(("has",)), value.text(40, re.compile(r".*\S.*")))
    if FACTS[fact] is bool:
        return Compare(fact, op.one_of(("eq", "ne")), value.truth())
    return Compare(fact, op.one_of(NUMBERS), value.whole(-MOST_COUNTED, MOST_COUNTED))


def _shallow(value: object, levels: int) -> bool:
    """Whether it is plain and can be kept: few levels, and no text that a database refuses."""
    if isinstance(value, str):
        return _KEPT.fullmatch(value) is not None
    if not isinstance(value, dict | list):
        return True
    inside = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return levels > 0 and all(_shallow(one, levels - 1) for one in inside)


def _settings(at: At) -> dict[str, object]:
    if not isinstance(at.value, dict):
        at.fail(_("格式有误"))
    if not _shallow(at.value, MOST_NESTED):
        at.fail(_("格式有误"))
    try:
        long = len(json.dumps(at.value, ensure_ascii=False, allow_nan=False)) > MOST_SETTINGS
    except (ValueError, TypeError, RecursionError):
        at.fail(_("格式有误"))
    if long:
        at.fail(_("内容太长"))
    return dict(at.value)


_OTHERS: Final[_Readers] = {
    "trigger": lambda at: at.one_of((AUTO, BY_COUPON, BY_CHOICE)),
    "priority": lambda at: at.whole(-1_000, 1_000),
    "node": _node,
    "category": lambda at: at.text(40),
    "stacking": lambda at: at.one_of((NORMAL, EXCLUSIVE, JOINT)),
    "channels": lambda at: frozenset(one.text(20, _WORD) for one in at.items(20)),
    "audience": _audience,
    "cut": At.truth,
    "floor": lambda at: at.maybe(_minor),
    "loss_leader": At.truth,
    "per_order": lambda at: at.whole(1, 100),
    "limits": _limits,
    "play_settings": _settings,
}
