"""An act on its way through the engine: what is known so far, what did not answer, and how much time is left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar
from uuid import UUID

import structlog

from goodfor.kernel.faults import brief
from goodfor.risk import metrics
from goodfor.risk.pieces import Pieces, Scored, Verdict
from goodfor.risk.types import Act, KeyKind, Value

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Course:
    """State of one `assess`. `budget`: in seconds."""

    act: Act
    decision_id: UUID
    pieces: Pieces
    budget: float
    began: float = field(default_factory=perf_counter)
    event_id: int = 0
    keys: Mapping[KeyKind, int] = field(default_factory=dict)
    #: What the keys stand for, and those among them whose rows are to be written or touched.
    values: Mapping[KeyKind, str] = field(default_factory=dict, repr=False)
    unnamed: Sequence[KeyKind] = ()
    snapshot: dict[str, Value] = field(default_factory=dict)
    scored: Scored | None = None
    verdict: Verdict | None = None
    why: tuple[Mapping[str, object], ...] = ()
    failed: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def left(self) -> float:
        """Seconds until the answer is late."""
        return self.budget - (perf_counter() - self.began)

    def latency_us(self) -> int:
        """How long it took so far."""
        return int((perf_counter() - self.began) * 1_000_000)

    def attempt(self, part: str, work: Callable[[], Answer]) -> Answer | None:
        """Ask a part; None when it does not answer. One that is late has failed, and those after it are not asked."""
        if self.left() <= 0:
            self.fail(part, "late")
            return None
        try:
            answer = work()
        except Exception as error:
            # Whatever a part may raise: the act goes on, and is judged as the scene's policy says.
            self.fail(part, "raised", error)
            return None
        if self.left() <= 0:
            self.fail(part, "late")
        return answer

    def fail(self, part: str, how: str, error: BaseException | None = None) -> None:
        """A part has failed."""
        if part not in self.failed:
            self.failed.append(part)
        metrics.FAILED.labels(part, how).inc()
        log.error(
            "risk_part_failed", part=part, how=how, scene=str(self.act.scene), decision_id=str(self.decision_id),
            error=brief(error) if error else "", after_us=self.latency_us(),
        )  # fmt: skip
