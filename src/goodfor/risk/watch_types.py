"""What pages are shown of attacks, and how they search decisions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from goodfor.risk.read_types import DecisionLine
from goodfor.risk.types import KeyKind, Outcome, Result, Scene

#: A place in the order of decisions: the instant and the id of one.
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Cell:
    """Decisions of an hour that ended alike because of one thing (`hour_models.Hour`)."""

    hour: datetime
    scene: Scene
    outcome: Outcome
    cause: str
    count: int
    amount_minor: int
    failing: int
    sampled: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What was decided in a span. `missing`: nothing is told of the decisions before then that were not counted yet."""

    cells: tuple[Cell, ...]
    missing: datetime | None


@dataclass(frozen=True, slots=True)
class TopKey:
    """A key that was stopped again and again."""

    kind: KeyKind
    key: int
    stopped: int
    denied: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class FailedPart:
    """A part of the engine that did not answer."""

    part: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Passed:
    """Of the people who were asked for more, how many then did what they had come for. `read`: decisions looked at."""

    asked: int
    passed: int
    read: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where nobody was asked."""
        return self.passed / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Latency:
    """How long decisions took; None of an empty span. `read`: decisions looked at, the newest."""

    read: int
    p50: timedelta | None
    p99: timedelta | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A door that asked everybody for a challenge, or a planted code that was met. `until` None: it is over at once."""

    what: str
    door: str
    batch: str
    why: str
    at: datetime
    until: datetime | None
    times: int


@dataclass(frozen=True, slots=True)
class DecisionSearch:
    """Which decisions are asked for; all that is given must hold.

    `cause`: as in `Cell`. `rule_id`: a rule that fitted, whether it counted or not. `since` is in, `until` is not.
    """

    since: datetime
    until: datetime
    scene: Scene | None = None
    outcome: Outcome | None = None
    rule_id: UUID | None = None
    cause: str = ""
    key: tuple[KeyKind, int] | None = None
    subject: tuple[str, UUID] | None = None
    score_from: float | None = None
    score_until: float | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision with whose it was and how long it took."""

    line: DecisionLine
    latency: timedelta
    keys: Mapping[KeyKind, int]


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Some of them, newest first. `next`: where it goes on, None at the end; `short`: there may be more there although
    the page is not full, since no more are read at once."""

    rows: tuple[DecisionRow, ...]
    next: Place | None
    short: bool


@dataclass(frozen=True, slots=True)
class ActCount:
    """How often a thing happened with a key. `capped`: at least so often."""

    scene: Scene
    result: Result
    count: int
    amount_minor: int
    first_at: datetime
    last_at: datetime
    capped: bool


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """What happened with a key within 90 days. `outcomes`: of its newest `read` decisions."""

    acts: tuple[ActCount, ...]
    outcomes: Mapping[Outcome, int]
    read: int


@dataclass(frozen=True, slots=True)
class KeyHold:
    """A rule that treats a key differently until then: `snooze` (it does not count) or `quarantine` (it stays hit)."""

    what: str
    rule_id: UUID
    code: str
    name: str
    until: datetime
    why: str
