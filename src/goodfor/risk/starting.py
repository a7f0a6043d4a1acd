"""The shape of a rule that shops begin with. Pure."""

from dataclasses import dataclass
from typing import Any

from goodfor.risk.types import KeyKind, Outcome, Scene


@dataclass(frozen=True, slots=True)
class Asks:
    """What such a rule asks for when it fits; `live`: from the first day, else in the shadow."""

    outcome: Outcome
    hold: int
    cost: int
    hard: bool
    stays: int
    by: KeyKind | None
    live: bool


@dataclass(frozen=True, slots=True)
class Starter:
    """One of them. `label`: its threat in the BREAK taxonomy; `name` and `words` are lazy texts."""

    code: str
    label: str
    threat: str
    scenes: tuple[Scene, ...]
    text: str
    asks: Asks
    name: Any
    words: Any


def asks(
    *, hold: int = 0, cost: int = 0, deny: bool = False, hard: bool = False, stays: int = 0,
    by: KeyKind | None = None, live: bool = True,
) -> Asks:  # fmt: skip
    """Minutes of `hold`, or a challenge of that `cost`, or `deny`; none of these: a review.

    `stays`: days that the key of kind `by` stays tripped.
    """
    outcome = Outcome.HOLD if hold else Outcome.CHALLENGE if cost else Outcome.DENY if deny else Outcome.REVIEW
    return Asks(outcome, hold, cost, hard, stays, by, live)
