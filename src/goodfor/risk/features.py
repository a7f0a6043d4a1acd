"""What a decision is made from: every feature by name, with its type and words. A snapshot has them all. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from goodfor.risk.types import KeyKind

NUMBER: Final = "number"
TRUTH: Final = "truth"
TEXT: Final = "text"
#: Grows whenever a feature changes its meaning; stored with each snapshot.
SET_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Feature:
    """One of them; `words` are lazy texts of the reader's language. `kind`: the key that a velocity counts by."""

    name: str
    type: str
    words: Any
    kind: KeyKind | None = None


def catalogue(*parts: Iterable[Feature]) -> Mapping[str, Feature]:
    """All by name. Raises ValueError when two have one name."""
    found: dict[str, Feature] = {}
    for part in parts:
        for feature in part:
            if feature.name in found:
                raise ValueError(f"two features are called {feature.name}")
            found[feature.name] = feature
    return found
