"""What pages are shown of risk control. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from goodfor.risk.types import Hit, KeyKind, Outcome, Result, Scene, Value


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision in a list. `amount_minor` as the act said."""

    id: UUID
    at: datetime
    scene: Scene
    outcome: Outcome
    reasons: tuple[str, ...]
    score: float | None
    sampled: bool
    failed: tuple[str, ...]
    subject: tuple[str, UUID] | None
    amount_minor: int
    hold_until: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision with all that it was made from. `result`: what became of the act, None while nothing is known.

    `features` has only what was known. `challengers`: scores of models in the shadow, by their id. `why`: the model's
    own reasons. `silent`: rules that could not be evaluated.
    """

    line: DecisionLine
    event_id: int
    features: Mapping[str, Value]
    set_version: int
    hits: tuple[Hit, ...]
    model_id: UUID | None
    challengers: Mapping[str, float]
    why: Sequence[Mapping[str, Any]]
    rules_version: int
    cost: int
    absent: tuple[str, ...]
    silent: tuple[str, ...]
    latency: timedelta
    expires_at: datetime
    keys: Mapping[KeyKind, int]
    result: Result | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in a list."""

    id: int
    at: datetime
    scene: Scene
    result: Result
    amount_minor: int
    decision_id: UUID | None
    subject_id: UUID | None
    keys: Mapping[KeyKind, int]


@dataclass(frozen=True, slots=True)
class EntityView:
    """Who or what is behind a key; `has_value`: the whole value may be opened (`queries.entity_value`)."""

    kind: KeyKind
    key: int
    label: str
    first_at: datetime
    last_at: datetime
    has_value: bool


@dataclass(frozen=True, slots=True)
class HourFigures:
    """How many decisions of an hour ended how. `failing`: with a part that did not answer."""

    hour: datetime
    scene: Scene
    outcome: Outcome
    count: int
    failing: int
    sampled: int
