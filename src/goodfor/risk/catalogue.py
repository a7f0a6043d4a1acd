"""Every feature that a snapshot has, by name: what rules may ask for and models may learn from."""

from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from goodfor.risk import facts, velocities
from goodfor.risk.doors.stuffing import FEATURES as STUFFING
from goodfor.risk.enrichment.features import FEATURES as ENRICHED
from goodfor.risk.features import NUMBER, TEXT, TRUTH, Feature, catalogue
from goodfor.risk.link_queries import FEATURES as LINKED
from goodfor.risk.types import Act, Value

_BEIJING: Final = ZoneInfo("Asia/Shanghai")
SCORE: Final = "score"
#: What the act itself says, and the model's score, which rules may use and no model sees.
BASE: Final = (
    Feature("hour", NUMBER, _("北京时间的钟点（0-23）")),
    Feature("weekday", NUMBER, _("星期（1-7，周一为 1）")),
    Feature(SCORE, NUMBER, _("模型评分（0-1）")),
)
#: The one place where the parts' features come together.
CATALOGUE: Final = catalogue(BASE, facts.FACTS, velocities.FEATURES, ENRICHED, LINKED, STUFFING)
#: Names that callers may give with an act.
_GIVEN: Final = {name: feature.type for name, feature in CATALOGUE.items()}
_OURS: Final = frozenset(feature.name for feature in (*BASE, *velocities.FEATURES, *ENRICHED, *LINKED))
_EMPTY: Final[dict[str, Value]] = dict.fromkeys(CATALOGUE)


def snapshot_of(act: Act) -> tuple[dict[str, Value], list[str]]:
    """All features, those of the act filled in and the others None; and the names of facts that nobody knows."""
    found = _EMPTY.copy()
    local = act.at.astimezone(_BEIJING)
    found["hour"], found["weekday"] = local.hour, local.isoweekday()
    found["amount_minor"] = act.amount_minor
    odd = []
    for name, value in act.facts.items():
        if name in _OURS or not _fits(_GIVEN.get(name, ""), value):
            odd.append(name)
        else:
            found[name] = value
    return found, odd


def _fits(kind: str, value: object) -> bool:
    if kind == TRUTH:
        return value is None or isinstance(value, bool)
    if kind == NUMBER:
        return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    return kind == TEXT and (value is None or isinstance(value, str))
