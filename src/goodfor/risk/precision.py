"""How good rules are: hits by week with what became known of them, and a rule in the shadow beside what was decided."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.ids import uuid7_floor
from goodfor.kernel.sql import Statement
from goodfor.risk.rule_models import Rule
from goodfor.risk.rule_types import MATURE_AFTER, Comparison, Week
from goodfor.risk.types import SCENE_NUMBERS, Scene

_PRECISION: Final = Statement(__package__, "sql/precision.sql", planned_each_time=True)
_SHADOW_LIVE: Final = Statement(__package__, "sql/shadow_live.sql", planned_each_time=True)
_AROUND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Record:
    """Of one rule: the weeks in which it counted, and those in which it only watched (shadow, left out, snoozed)."""

    live: tuple[Week, ...] = ()
    shadow: tuple[Week, ...] = ()

    @property
    def falling(self) -> bool:
        """Whether it was lately right less than half as often as before; weeks with under ten known do not count."""
        known = [week for week in self.live if week.caught + week.annoyed >= 10]
        if len(known) < 2:
            return False
        before = [week.precision or 0.0 for week in known[:-1]]
        return (known[-1].precision or 0.0) < sum(before) / len(before) / 2


def precision(
    shop_id: UUID, *, since: datetime, until: datetime, as_of: datetime, rule_id: UUID | None = None,
    mature_after: timedelta = MATURE_AFTER,
) -> Mapping[UUID, Record]:  # fmt: skip
    """By rule: its hits by week. Rules that never hit are missing."""
    rows = _PRECISION.rows(_params(shop_id, since, until, as_of, mature_after) | {"rule": rule_id})
    found: dict[UUID, dict[bool, list[Week]]] = defaultdict(lambda: {True: [], False: []})
    for one, live, week, fitted, caught, annoyed, young, caught_minor, annoyed_minor in rows:
        found[one][live].append(
            Week(
                week, decisions=fitted, fitted=fitted, caught=caught, annoyed=annoyed, young=young,
                caught_minor=caught_minor, annoyed_minor=annoyed_minor, bad=caught,
            )
        )  # fmt: skip
    return {
        one: Record(*(tuple(sorted(weeks[live], key=lambda week: week.week)) for live in (True, False)))
        for one, weeks in found.items()
    }


def compare(
    shop_id: UUID, rule_id: UUID, *, since: datetime, until: datetime, as_of: datetime,
    mature_after: timedelta = MATURE_AFTER,
) -> Comparison:  # fmt: skip
    """A rule in the shadow beside what was decided in fact in its scenes."""
    rule = Rule.objects.select_related("version").get(shop_id=shop_id, id=rule_id)
    scenes = [SCENE_NUMBERS[Scene(scene)] for scene in rule.version.scenes] if rule.version else []
    row = _SHADOW_LIVE.row(
        _params(shop_id, since, until, as_of, mature_after) | {"rule": str(rule_id), "scenes": scenes}
    )
    assert row is not None
    return Comparison(rule_id, since, *row)


def _params(
    shop_id: UUID, since: datetime, until: datetime, as_of: datetime, mature_after: timedelta
) -> dict[str, Any]:
    return {
        "shop": shop_id, "first": since, "last": until, "as_of": as_of, "low": uuid7_floor(since - _AROUND),
        "high": uuid7_floor(until + _AROUND), "mature": as_of - mature_after,
    }  # fmt: skip
