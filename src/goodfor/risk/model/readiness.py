"""Is there enough to learn from? What became known so far, beside what a training needs. Every read is bounded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.risk import hot
from goodfor.risk.features import SET_VERSION
from goodfor.risk.label_sql import BAD, JOINS
from goodfor.risk.model.groups import SCENES
from goodfor.risk.model.training import Plan
from goodfor.risk.types import SCENE_NUMBERS

#: Of each it is not counted further than this: by then there is enough.
MOST: Final = 1000
_FIRST: Final = UUID(int=0)
_LAST: Final = UUID(int=2**128 - 1)
#: Decisions that anybody ever called bad, the newest labels first, of those to learn from and of those to judge by as
#: many, and more than are counted, since some are of other scenes; what holds of each is told by the label known last.
_BAD: Final = f"""
WITH called AS MATERIALIZED (
    (SELECT decision_id, subject_type, subject_id FROM risk_label
     WHERE shop_id = %(shop)s AND bad AND known_at <= %(begin)s ORDER BY id DESC LIMIT %(labels)s)
    UNION ALL
    (SELECT decision_id, subject_type, subject_id FROM risk_label
     WHERE shop_id = %(shop)s AND bad AND known_at > %(begin)s AND known_at <= %(as_of)s
     ORDER BY id DESC LIMIT %(labels)s)
), d AS MATERIALIZED (
    SELECT x.at, x.id, x.outcome, x.subject_kind, x.subject_id FROM called c CROSS JOIN LATERAL (
        SELECT * FROM risk_decision y WHERE y.shop_id = %(shop)s AND y.id = c.decision_id
          AND y.at >= risk_decision_time(c.decision_id)
          AND y.at < risk_decision_time(c.decision_id) + interval '1 millisecond'
          AND y.scene = ANY (%(scenes)s::smallint[]) AND y.set_version = %(version)s) x
    WHERE c.decision_id IS NOT NULL
    UNION
    SELECT x.at, x.id, x.outcome, x.subject_kind, x.subject_id FROM called c CROSS JOIN LATERAL (
        SELECT * FROM risk_decision y WHERE y.shop_id = %(shop)s AND y.subject_kind = c.subject_type
          AND y.subject_id = c.subject_id AND y.scene = ANY (%(scenes)s::smallint[]) AND y.set_version = %(version)s
        ORDER BY y.at DESC LIMIT 50) x
    WHERE c.subject_id IS NOT NULL
)
SELECT d.at, d.outcome,
       CASE WHEN s.known_at IS NULL OR l.known_at >= s.known_at THEN l.known_at ELSE s.known_at END
FROM d {JOINS}
WHERE {BAD}
"""  # noqa: S608
_MANY: Final = """
SELECT count(*) FROM (
    SELECT FROM risk_decision WHERE shop_id = %(shop)s AND at >= %(first)s AND at < %(last)s
      AND scene = ANY (%(scenes)s::smallint[]) AND set_version = %(version)s AND outcome <> 'deny' LIMIT %(most)s) t
"""


@dataclass(frozen=True, slots=True)
class Part:
    """Of one kind of labels: how many there are (`MOST` means: or more), and how many are needed."""

    name: str
    there: int
    needed: int

    @property
    def enough(self) -> bool:
        """Whether a training would take it."""
        return self.there >= self.needed


@dataclass(frozen=True, slots=True)
class Readiness:
    """Bad and good acts to learn from, bad and good ones to judge by."""

    parts: tuple[Part, ...]

    @property
    def enough(self) -> bool:
        """Whether a training has a chance."""
        return all(part.enough for part in self.parts)


def readiness(shop_id: UUID, group: str, plan: Plan) -> Readiness:
    """What a training with this plan would find, counted to `MOST` at most. Raises KeyError for an unknown kind."""
    told: dict[str, Any] = {
        "shop": shop_id, "scenes": sorted(SCENE_NUMBERS[scene] for scene in SCENES[group]), "version": SET_VERSION,
        "most": MOST, "labels": 4 * MOST, "as_of": plan.until, "begin": plan.begin, "low": _FIRST, "high": _LAST,
    }  # fmt: skip
    bad = hot.rows("risk.model.bad", _BAD, told, prepare=False)
    cut = plan.begin - plan.delay
    learn = [row for row in bad if row[0] < cut and row[2] <= plan.begin]
    judge = [row for row in bad if plan.begin <= row[0] < plan.until - plan.delay]
    first = datetime.min.replace(tzinfo=plan.until.tzinfo, year=2000)
    found = (
        len(learn), _good(told, first, cut, bad), len(judge), _good(told, plan.begin, plan.until - plan.delay, bad),
    )  # fmt: skip
    names = ("learn_bad", "learn_good", "judge_bad", "judge_good")
    return Readiness(
        tuple(Part(*each) for each in zip(names, (min(one, MOST) for one in found), plan.least()[:4], strict=True))
    )


def _good(told: dict[str, Any], first: datetime, last: datetime, bad: Iterable[tuple[Any, ...]]) -> int:
    """Acts of a span that were let through and that nobody called bad."""
    [(many,)] = hot.rows("risk.model.many", _MANY, told | {"first": first, "last": last}, prepare=False)
    if many >= MOST:
        return MOST
    return max(0, int(many) - sum(1 for at, outcome, _known in bad if first <= at < last and outcome != "deny"))
