"""What is chosen of an item, as one text: a kind and options, "月卡|区服=一区". Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_OPTIONS = 10


@dataclass(frozen=True, slots=True)
class Variant:
    """`race`: the kind, may be empty. `sku`: option -> what was chosen."""

    race: str = ""
    sku: Mapping[str, str] = field(default_factory=dict)


def read_variant(told: str) -> Variant | None:
    """None for what is no such text. Brackets cannot be sent inside a name."""
    race, *rest = told.split("|")
    sku: dict[str, str] = {}
    for part in rest:
        name, equals, value = part.partition("=")
        if not (name and equals and value) or name in sku or set(name) & set("[]&") or len(sku) >= MAX_OPTIONS:
            return None
        sku[name] = value
    return Variant(race, sku) if len(told) <= 300 and race == race.strip() and told.isprintable() else None


def is_race(told: str) -> bool:
    """Whether a kind's name can be part of such a text."""
    return bool(told) and "|" not in told and told == told.strip() and told.isprintable() and len(told) <= 100
