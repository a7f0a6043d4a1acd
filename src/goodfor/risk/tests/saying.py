"""Rules that say what a test wants, in the place of those that a shop has; and parts that fail."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from goodfor.kernel.tenancy import platform_job
from goodfor.risk import wiring
from goodfor.risk.event_models import Decision, Event
from goodfor.risk.pieces import Pieces
from goodfor.risk.rule_types import Verdict
from goodfor.risk.types import SCENE_NUMBERS, Hit, KeyKind, Outcome, Result, Scene, Value

_RULE = UUID(int=1)


@dataclass
class Saying:
    """`says`: the outcome of a scene's acts; `seen`: what was asked. `fails`: it raises instead."""

    says: dict[Scene, Outcome] = field(default_factory=dict)
    hold: timedelta | None = timedelta(hours=1)
    cost: int = 1
    fails: bool = False
    seen: list[tuple[Scene, dict[str, Value]]] = field(default_factory=list)

    def hits(
        self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value], keys: Mapping[KeyKind, int], now: datetime
    ) -> Verdict:
        self.seen.append((scene, dict(snapshot)))
        if self.fails:
            raise OSError("rules are away")
        outcome = self.says.get(scene)
        if outcome is None:
            return Verdict(version=1)
        hit = Hit(_RULE, "said", 1, outcome, True, "R0000", hold=self.hold, cost=self.cost)
        return Verdict(version=1, hits=(hit,))

    @property
    def scenes(self) -> list[Scene]:
        """What was judged, in order."""
        return [scene for scene, _ in self.seen]


@contextmanager
def saying(**more: Any) -> Iterator[Saying]:
    """These rules alone, in all threads."""
    rules = Saying(**more)
    with wiring.replaced(Pieces(rules=rules)):
        yield rules


def decided(scene: Scene) -> list[str]:
    """Outcomes of the decisions of a scene, oldest first, over all shops."""
    with platform_job("test"):
        rows = Decision.objects.filter(scene=SCENE_NUMBERS[scene]).order_by("at", "event_id")
        return list(rows.values_list("outcome", flat=True))


def results(scene: Scene) -> list[Result]:
    """What acts of a scene came to, oldest first, over all shops; without attempts."""
    with platform_job("test"):
        rows = Event.objects.filter(scene=SCENE_NUMBERS[scene]).exclude(result=0).order_by("at", "id")
        return [Result(result) for result in rows.values_list("result", flat=True)]
