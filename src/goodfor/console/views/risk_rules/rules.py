"""All rules: what they are against, where they stand, what they hit lately and how often they were right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_rule_words as words
from goodfor.console import risk_words
from goodfor.console.columns import Text
from goodfor.console.frame import console_page, show
from goodfor.console.listing.asked import address
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kit import writing
from goodfor.risk import rule_queries, watch_queries
from goodfor.risk import rule_states as states
from goodfor.risk.precision import Record, precision
from goodfor.risk.rule_types import RuleView, Week
from goodfor.risk.types import Outcome, Scene
from goodfor.risk.wording_rules import RULE_STATES, THREATS, shown

PAGE: Final = "desk:risk-rules"
#: The longest of these spans with no more decisions than `MOST` is looked at.
SPANS: Final = (28, 7, 1)
MOST: Final = 500_000
MAX_TEXT: Final = 60
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in words."""

    rule: RuleView
    name: str
    threat: Text
    scenes: str
    does: str
    state: str
    tone: str
    hits: int
    shadow_hits: int
    weeks: tuple[str, ...]
    falling: bool
    off: UUID | None


@console_page(Permission.RISK_VIEW)
def rules(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Filtered by what stands in the address."""
    shop_id, now = visitor.shop.id, utc_now()
    typed = {key: value.replace("\x00", "").strip()[:MAX_TEXT] for key, value in request.GET.dict().items()}
    found = rule_queries.rules(shop_id, retired=typed.get("state") == states.RETIRED)
    kept = [one for one in found if _fits(one, typed)]
    days = _days(visitor, now)
    records = precision(shop_id, since=now - timedelta(days=days), until=now, as_of=now)
    offs = {one.subject_id: one.id for one in rule_queries.proposals(shop_id) if one.kind == states.OF_OFF}
    context: dict[str, Any] = {
        "rows": [_row(one, records.get(one.id, Record()), offs.get(one.id), now) for one in kept],
        "total": len(found),
        "days": days,
        "typed": typed,
        "threats": list(THREATS.items()),
        "scenes": list(risk_words.SCENES.items()),
        "states": list(RULE_STATES.items()),
        "outcomes": [(str(one), risk_words.OUTCOMES[one][0]) for one in states.RULE_OUTCOMES],
        "in_force": _in_force(typed),
        "reset": reverse(PAGE),
        "may_set": visitor.may(Permission.RISK_SET),
        "waiting": rule_queries.waiting_proposals(shop_id),
    }
    return show(request, visitor, "risk_rules/rules", context, page=PAGE)


def _days(visitor: Visitor, now: Any) -> int:
    """How far back hits are read: what a page can read while somebody waits."""
    for days in SPANS:
        if watch_queries.counted_since(visitor.shop.id, now - timedelta(days=days)) <= MOST:
            return days
    return SPANS[-1]


def _fits(rule: RuleView, typed: Mapping[str, str]) -> bool:
    says = rule.latest.says
    text = typed.get("q", "").casefold()
    if text and not any(text in part.casefold() for part in (rule.code, says.name, shown(says.name), says.text)):
        return False
    return (
        typed.get("threat") in (None, "", says.threat)
        and typed.get("state") in (None, "", rule.state)
        and typed.get("outcome") in (None, "", str(says.outcome))
        and typed.get("scene") in (None, "", *map(str, says.scenes))
        and (not typed.get("waiting") or rule.waiting is not None)
    )


def _row(rule: RuleView, record: Record, off: UUID | None, now: Any) -> Row:
    says = (rule.version or rule.latest).says
    _label, tone = words.state(rule.state)
    return Row(
        rule, shown(says.name), THREATS.get(says.threat, says.threat),
        _("、").join(str(risk_words.SCENES[scene]) for scene in says.scenes), words.does(says),
        words.state_line(rule.state, rule.percent), tone, _lately(record.live, now), _lately(record.shadow, now),
        tuple(writing.percent(week.precision) if week.precision is not None else "–"
              for week in (record.live or record.shadow)[-4:]),
        record.falling, off,
    )  # fmt: skip


def _lately(weeks: Sequence[Week], now: Any) -> int:
    """Hits of the week that runs."""
    return sum(week.fitted for week in weeks if week.week > now - _WEEK)


def _in_force(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    told: list[tuple[str, str, Text]] = []
    if typed.get("q"):
        told.append(("q", _("搜索"), typed["q"]))
    if typed.get("threat") in THREATS:
        told.append(("threat", _("威胁"), THREATS[typed["threat"]]))
    if typed.get("state") in RULE_STATES:
        told.append(("state", _("状态"), RULE_STATES[typed["state"]]))
    if typed.get("scene") in {str(one) for one in Scene}:
        told.append(("scene", _("场景"), risk_words.SCENES[Scene(typed["scene"])]))
    if typed.get("outcome") in {str(one) for one in Outcome}:
        told.append(("outcome", _("命中后"), risk_words.OUTCOMES[Outcome(typed["outcome"])][0]))
    if typed.get("waiting"):
        told.append(("waiting", _("等待批准"), _("是")))
    return [
        {"label": _("%(what)s：%(value)s") % {"what": what, "value": value}, "href": address(typed, **{key: None})}
        for key, what, value in told
    ]
