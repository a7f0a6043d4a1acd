"""Attacks at a glance: what was judged and stopped, by threat and hour, who is at it now, and how the engine does."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_links as links
from goodfor.console import risk_words as words
from goodfor.console.columns import Text
from goodfor.console.frame import console_page, show
from goodfor.console.risk_todo import alarm_page, waits
from goodfor.console.risk_watch_words import ALARMS, CAUSES
from goodfor.console.types import Visitor
from goodfor.console.views.risk.lines import latency_words
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.risk import rule_queries, watch_queries
from goodfor.risk.doors import desk as doors
from goodfor.risk.model.wording import model_state
from goodfor.risk.rule_states import RUNNING
from goodfor.risk.types import Outcome, Scene
from goodfor.risk.watch_sql import STOPPED
from goodfor.risk.watch_types import Alarm, Cell
from goodfor.risk.wording_doors import ATTACK_WORDS, DOOR_WORDS, KEY_WORDS

PAGE: Final = "desk:risk"
SPANS: Final = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
#: What is refused here would have gone out.
SOLD: Final = frozenset({Scene.ORDER, Scene.PAY})
_HOUR: Final = timedelta(hours=1)
#: Of outcomes in the order of `STOPPED`: the graver, the stronger.
CHART_TONES: Final = ("soft", "plain", "amber", "red")


@dataclass(frozen=True, slots=True)
class Row:
    """A threat: acts that its rules looked at, and those it stopped. `kept`: what the refused ones were about."""

    cause: str
    words: Text
    judged: int | None
    counts: tuple[tuple[int, str], ...]
    stopped: int
    kept: Money


@console_page(Permission.RISK_VIEW)
def overview(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The last hour, day or week."""
    shop_id, now = visitor.shop.id, utc_now()
    span = request.GET.get("span", "")
    span = span if span in SPANS else "24h"
    since = since_of(span, now)
    found = watch_queries.watched(shop_id, since=since, now=now)
    # Up to and with this moment.
    until = now + timedelta(milliseconds=1)
    latency = watch_queries.latency(shop_id, since=since, until=until)
    asked = watch_queries.passed(shop_id, since=since, until=until)
    states = model_state(shop_id)
    here = reverse(PAGE)
    context: dict[str, Any] = {
        "span": span,
        "tabs": [
            {"key": key, "label": label, "href": f"{here}?span={key}"}
            for key, label in (("1h", _("1 小时")), ("24h", _("24 小时")), ("7d", _("7 天")))
        ],
        "judged": sum(cell.count for cell in found.cells),
        "outcomes": _outcomes(found.cells),
        "rows": rows_of(visitor, found.cells),
        "kept": kept_of(visitor, found.cells),
        "held": _money(visitor, found.cells, Outcome.HOLD),
        "sampled": sum(cell.sampled for cell in found.cells),
        "failing": sum(cell.failing for cell in found.cells),
        "parts": [
            (words.PARTS.get(one.part.partition(".")[0], one.part), one)
            for one in watch_queries.failed_parts(shop_id, since=since, until=until)
        ],
        "missing": found.missing,
        "p50": latency_words(latency.p50),
        "p99": latency_words(latency.p99),
        "timed": latency.read,
        "asked": asked,
        "share": None if asked.share is None else f"{asked.share * 100:.1f}%",
        "top": _top(visitor, since, until),
        "attacks": [_attack(one) for one in doors.attacks(shop_id=shop_id, now=now)],
        "locked": [
            (DOOR_WORDS[door], KEY_WORDS[kind], count)
            for (door, kind), count in sorted(doors.locked_out(shop_id=shop_id, now=now).items())
        ],
        "alarms": [
            (*ALARMS[one.what], _alarm(one), alarm_page(one.what, one.door), one)
            for one in watch_queries.alarms(shop_id, since=since)
        ],
        "waiting": waits(visitor, now),
        "rules_only": [one.group_words for one in states if one.rules_only],
        "all_rules_only": all(one.rules_only for one in states),
        "chart": _chart(found.cells, since, now, visitor.shop.timezone),
        "doors_href": links.page_of("desk:risk-doors"),
        "models_href": links.page_of("desk:risk-models"),
    }
    return show(request, visitor, "risk/overview", context, page=PAGE)


def since_of(span: str, now: datetime) -> datetime:
    """Where a span begins: an hour ago; of the longer ones, with the hour that runs, at a full hour."""
    if span == "1h":
        return now - _HOUR
    return now.replace(minute=0, second=0, microsecond=0) + _HOUR - SPANS[span]


def _outcomes(cells: Sequence[Cell]) -> list[tuple[Text, str, str, int]]:
    """(words, tone, page of these, how many) of each outcome."""
    counts = Counter[Outcome]()
    for cell in cells:
        counts[cell.outcome] += cell.count
    return [
        (*words.OUTCOMES[outcome], links.decisions_page(outcome=outcome), counts[outcome]) for outcome in STOPPED
    ]  # fmt: skip


def rows_of(visitor: Visitor, cells: Sequence[Cell]) -> list[Row]:
    """Every threat that rules are against, and all else that stopped somebody."""
    scenes = Counter[Scene]()
    for cell in cells:
        scenes[cell.scene] += cell.count
    looked: dict[str, set[Scene]] = {}
    for rule in rule_queries.rules(visitor.shop.id):
        if rule.state in RUNNING and rule.version is not None:
            looked.setdefault(rule.version.says.threat, set()).update(rule.version.says.scenes)
    rows = []
    for cause, label in CAUSES.items():
        mine = [cell for cell in cells if cell.cause == cause]
        if not mine and cause not in looked:
            continue
        by = Counter[Outcome]()
        for cell in mine:
            by[cell.outcome] += cell.count
        counts = tuple((by[one], links.decisions_page(threat=cause, outcome=one)) for one in STOPPED)
        judged = sum(scenes[scene] for scene in looked[cause]) if cause in looked else None
        rows.append(Row(cause, label, judged, counts, sum(by.values()), kept_of(visitor, mine)))
    return sorted(rows, key=lambda row: -row.stopped)


def kept_of(visitor: Visitor, cells: Iterable[Cell]) -> Money:
    """What orders and payments that were refused were about; each try counts."""
    return _money(visitor, (cell for cell in cells if cell.scene in SOLD), Outcome.DENY)


def _money(visitor: Visitor, cells: Iterable[Cell], outcome: Outcome) -> Money:
    kept = sum(cell.amount_minor for cell in cells if cell.outcome is outcome and cell.scene in SOLD)
    return Money(kept, visitor.shop.currency)


def _top(visitor: Visitor, since: datetime, until: datetime) -> list[tuple[links.KeyName, Any]]:
    """Who is stopped again and again, with their names."""
    found = watch_queries.top_keys(visitor.shop.id, since=since, until=until)
    names = links.key_names(visitor, [(one.kind, one.key) for one in found])
    return [(names[one.kind, one.key], one) for one in found]


def _attack(one: doors.Attack) -> tuple[Text, Text, doors.Attack]:
    return DOOR_WORDS[one.door], ATTACK_WORDS.get(one.why, ""), one


def _alarm(one: Alarm) -> str:
    """What an alarm is about."""
    if not one.door:
        return one.why
    return _("%(door)s：%(why)s") % {"door": DOOR_WORDS[one.door], "why": ATTACK_WORDS.get(one.why, "")}


def _chart(cells: Sequence[Cell], since: datetime, now: datetime, timezone: str) -> dict[str, Any]:
    """What was stopped, an hour a bar; what passed would dwarf it."""
    zone, counts = ZoneInfo(timezone), Counter[tuple[datetime, Outcome]]()
    for cell in cells:
        counts[cell.hour, cell.outcome] += cell.count
    text = "%H:00" if now - since <= SPANS["24h"] else "%m-%d %H:00"
    hours, at = [], since.replace(minute=0, second=0, microsecond=0)
    while at <= now:
        hours.append(at)
        at += _HOUR
    return {
        "kind": "bar", "stacked": True, "format": "number", "unit": _("次"), "tones": [*CHART_TONES],
        "columns": [_("时间"), *(str(words.OUTCOMES[one][0]) for one in STOPPED)],
        "rows": [[hour.astimezone(zone).strftime(text), *(counts[hour, one] for one in STOPPED)] for hour in hours],
    }  # fmt: skip
