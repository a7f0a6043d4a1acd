"""What the engine asks of its parts: rules with their lists, a model, enrichment. `wiring` says who answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from goodfor.risk.types import Act, Hit, KeyKind, Scene, Value
from goodfor.risk.velocity_sql import Seen as LastSeen

__all__ = ["Enrichment", "LastSeen", "Model", "Partly", "Pieces", "Rules", "Scored", "Verdict"]

#: Names of the parts, in the order in which they are asked; as they stand in `Decision.failed` and `absent`.
EVENT: Final = "event"
VELOCITIES: Final = "velocities"
ENRICH: Final = "enrich"
MODEL: Final = "model"
RULES: Final = "rules"
DECISION: Final = "decision"


class Verdict(Protocol):
    """What lists and rules say of an act.

    `immutable_block`, `allow`, `block`, `watch`: the entries found, or nothing. `lists`: truth features that belong
    into the snapshot. `silent`: codes of rules that could not be evaluated.
    """

    @property
    def version(self) -> int: ...
    @property
    def immutable_block(self) -> object | None: ...
    @property
    def allow(self) -> object | None: ...
    @property
    def block(self) -> object | None: ...
    @property
    def watch(self) -> Sequence[object]: ...
    @property
    def hits(self) -> Sequence[Hit]: ...
    @property
    def lists(self) -> Mapping[str, bool]: ...
    @property
    def silent(self) -> Sequence[str]: ...


class Scored(Protocol):
    """A model's score, 0 to 1, and those of the models in its shadow; None where only those say something."""

    @property
    def model_id(self) -> UUID | None: ...
    @property
    def score(self) -> float | None: ...
    @property
    def challengers(self) -> Mapping[UUID, float]: ...


class Rules(Protocol):
    """Lists and rules, read in one statement."""

    def hits(
        self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value], keys: Mapping[KeyKind, int], now: datetime
    ) -> Verdict:
        """What fits. Raises anything when it cannot tell."""


class Model(Protocol):
    """The model in charge. Without one `score` is None, which is no failure; one that cannot answer raises."""

    def score(self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Scored | None:
        """How likely it is that this act costs money."""

    def reasons(self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Sequence[Mapping[str, Any]]:
        """What made the score, strongest first, as JSON values; asked only of what is not plainly allowed."""


class Enrichment(Protocol):
    """What can be known of an act from tables in memory. Raises `Partly` when a table that should be there is not."""

    def __call__(self, act: Act, last_seen: LastSeen | None) -> Mapping[str, Value]: ...


class Partly(Exception):
    """A part could not do all of its work: `features` are what it found nonetheless. It counts as failed."""

    def __init__(self, features: Mapping[str, Value]) -> None:
        super().__init__("partly")
        self.features = features


@dataclass(frozen=True, slots=True)
class Pieces:
    """Who answers. None: this installation does not have that part; decisions are made without it and say so."""

    rules: Rules | None = None
    model: Model | None = None
    enrich: Enrichment | None = None

    def absent(self) -> Iterator[str]:
        """The parts that are not there."""
        if self.enrich is None:
            yield ENRICH
        if self.model is None:
            yield MODEL
        if self.rules is None:
            yield RULES
