"""Labels for people to look at: the newest ones with the acts that they are about, and how late they came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.sql import Row, Statement
from goodfor.risk.rule_types import LabelView
from goodfor.risk.types import SCENE_NUMBERS, Outcome, Scene

#: Figures are of so many labels, the newest.
SAMPLE: Final = 2000
#: How late a label came: up to so much; the last has no end.
DELAYS: Final = (
    timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=14), timedelta(days=30),
    timedelta(days=60), timedelta(days=120),
)  # fmt: skip
_LINES: Final = Statement(__package__, "sql/label_lines.sql", planned_each_time=True)
_LAST: Final = UUID(int=2**128 - 1)
_SCENES: Final = {number: scene for scene, number in SCENE_NUMBERS.items()}


@dataclass(frozen=True, slots=True)
class LabelSearch:
    """Which ones: where they come from, which they are, when it became known."""

    since: datetime
    until: datetime
    source: str = ""
    bad: bool | None = None


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A label, and the act: of a subject the first one about it; None where nothing of it is kept any more.

    `beaten`: a later label of the same holds instead.
    """

    label: LabelView
    decision_id: UUID | None
    acted_at: datetime | None
    scene: Scene | None
    outcome: Outcome | None
    beaten: bool

    @property
    def delay(self) -> timedelta | None:
        """From the act until it became known."""
        return None if self.acted_at is None else max(self.label.known_at - self.acted_at, timedelta())


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """Of `read` labels, the newest: (source, all, bad) by source, the most first; and for each of `DELAYS`, and later,
    (bad, good). `unknown`: of acts that are not kept any more."""

    read: int
    sources: tuple[tuple[str, int, int], ...]
    delays: tuple[tuple[int, int], ...]
    unknown: int


def label_lines(
    shop_id: UUID, wanted: LabelSearch, *, before: UUID | None = None, limit: int = 50
) -> list[LabelLine]:  # fmt: skip
    """In the order in which they were written, newest first. `before`: the last one that was shown."""
    return [_line(row) for row in _LINES.rows(_params(shop_id, wanted, before or _LAST, limit))]


def label_figures(shop_id: UUID, wanted: LabelSearch) -> LabelFigures:
    """Of the newest `SAMPLE` that fit."""
    lines = [_line(row) for row in _LINES.rows(_params(shop_id, wanted, _LAST, SAMPLE))]
    return figures_of(lines)


def figures_of(lines: Sequence[LabelLine]) -> LabelFigures:
    """Counted."""
    every, bad = Counter(one.label.source for one in lines), Counter(one.label.source for one in lines if one.label.bad)
    late: Counter[tuple[int, bool]] = Counter()
    for one in lines:
        if one.delay is not None:
            late[sum(one.delay >= edge for edge in DELAYS), one.label.bad] += 1
    return LabelFigures(
        len(lines),
        tuple((source, many, bad[source]) for source, many in every.most_common()),
        tuple((late[place, True], late[place, False]) for place in range(len(DELAYS) + 1)),
        sum(one.acted_at is None for one in lines),
    )


def _params(shop_id: UUID, wanted: LabelSearch, before: UUID, limit: int) -> dict[str, Any]:
    return {
        "shop": shop_id, "before": before, "limit": limit, "source": wanted.source, "bad": wanted.bad,
        "since": wanted.since, "until": wanted.until,
    }  # fmt: skip


def _line(row: Row) -> LabelLine:
    (label_id, decision_id, kind, subject_id, bad, source, known_at, by, note, act_id, at, scene, outcome, beaten) = row
    return LabelLine(
        LabelView(
            label_id, decision_id, (kind, subject_id) if subject_id else None, bad, source, known_at, by, note
        ),
        act_id, at, None if scene is None else _SCENES[scene], None if outcome is None else Outcome(outcome), beaten,
    )  # fmt: skip
