"""The model as the engine asks it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from goodfor.risk.model import scoring
from goodfor.risk.model.scoring import Scored
from goodfor.risk.types import Scene, Value


class InCharge:
    """The champion of each shop and kind of act. See `pieces.Model`."""

    __slots__ = ()

    def score(self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Scored | None:
        """What the champion says; None without one. Raises ModelFailed."""
        return scoring.score(shop_id, scene, snapshot)

    def reasons(self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Sequence[Mapping[str, Any]]:
        """The features that spoke most against the act, the strongest first, as JSON values."""
        return [
            {"name": reason.name, "value": reason.value, "adds": round(reason.adds, 4)}
            for reason in scoring.reasons(shop_id, scene, snapshot)
        ]


MODEL = InCharge()
