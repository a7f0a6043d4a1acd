"""A rule as a form: what was typed as a rule, and a rule as what stands in the fields."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from goodfor.console import risk_rule_words as words
from goodfor.console import risk_words
from goodfor.console.columns import Text
from goodfor.console.types import Visitor
from goodfor.risk import rule_queries
from goodfor.risk import rule_states as states
from goodfor.risk.catalogue import CATALOGUE
from goodfor.risk.errors import InvalidBacktest, InvalidRule
from goodfor.risk.language import FUNCTIONS
from goodfor.risk.rule_types import RuleText
from goodfor.risk.types import KeyKind, Outcome, Scene
from goodfor.risk.wording_rules import THREATS

MAX_TEXT: Final = 4_000
#: How far back a backtest looks, days; 0: as far as there is.
SPANS: Final[Mapping[str, Text]] = {
    "7": gettext_lazy("最近 7 天"),
    "30": gettext_lazy("最近 30 天"),
    "90": gettext_lazy("最近 90 天"),
    "0": gettext_lazy("全部"),
    "own": gettext_lazy("自选日期"),
}
_FURTHEST: Final = timedelta(days=799)
NEW: Final = RuleText(
    name="", text="", scenes=(Scene.ORDER,), outcome=Outcome.REVIEW, label="R0043-001", threat="stolen_payment"
)


def typed_rule(sent: QueryDict) -> RuleText:
    """What was typed; checked only as far as it can be said at all. Raises InvalidRule(field)."""
    outcome = _one(Outcome, sent.get("outcome", ""), "outcome")
    days = _whole(sent.get("quarantine_days", ""), "quarantine_days")
    by = sent.get("quarantine_by", "")
    return RuleText(
        name=_text(sent, "name", 200), text=_text(sent, "text", MAX_TEXT).replace("\r\n", "\n"),
        scenes=tuple(_one(Scene, one, "scenes") for one in sent.getlist("scenes")), outcome=outcome,
        label=_text(sent, "label", 40), threat=_text(sent, "threat", 40), words=_text(sent, "words", 1000),
        hard="hard" in sent,
        # Fields of other outcomes stay typed, and say nothing.
        hold_minutes=_whole(sent.get("hold_minutes", ""), "hold_minutes") if outcome is Outcome.HOLD else 0,
        cost=_whole(sent.get("cost", ""), "cost") if outcome is Outcome.CHALLENGE else 0,
        quarantine_days=days, quarantine_by=_one(KeyKind, by, "quarantine_by") if days and by else None,
    )  # fmt: skip


def _text(sent: QueryDict, name: str, most: int) -> str:
    return sent.get(name, "").replace("\x00", "").strip()[:most]


def _one(kind: Any, text: str, field: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise InvalidRule(field=field) from None


def _whole(text: str, field: str) -> int:
    text = text.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise InvalidRule(field=field)
    return int(text)


def as_typed(says: RuleText, code: str = "") -> dict[str, Any]:
    """What stands in the fields for a rule."""
    return {
        "code": code, "name": says.name, "text": says.text, "words": says.words,
        "scenes": [str(scene) for scene in says.scenes], "outcome": str(says.outcome),
        "hold_minutes": says.hold_minutes or "", "cost": says.cost or "", "label": says.label, "threat": says.threat,
        "hard": says.hard, "quarantine_days": says.quarantine_days or "",
        "quarantine_by": str(says.quarantine_by or ""), "span": "30", "day_from": "", "day_until": "",
    }  # fmt: skip


def as_sent(sent: QueryDict) -> dict[str, Any]:
    """What somebody typed, to stand there again."""
    return {**sent.dict(), "scenes": sent.getlist("scenes"), "hard": "hard" in sent}


def span_of(sent: Mapping[str, str], visitor: Visitor, now: datetime) -> tuple[datetime, datetime]:
    """From when to when decisions are looked at, days of the shop's own time. Raises InvalidBacktest(field)."""
    chosen = sent.get("span", "30")
    if chosen != "own":
        if chosen not in SPANS:
            raise InvalidBacktest(field="since")
        return now - (timedelta(days=int(chosen)) if chosen != "0" else _FURTHEST), now
    zone = ZoneInfo(visitor.shop.timezone)
    since = _midnight(sent.get("day_from", ""), zone, "since")
    until = sent.get("day_until", "").strip()
    return since, min(_midnight(until, zone, "until") + timedelta(days=1), now) if until else now


def _midnight(text: str, zone: ZoneInfo, field: str) -> datetime:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidBacktest(field=field) from None
    if not 2000 <= day.year <= 2100:
        raise InvalidBacktest(field=field)
    return datetime.combine(day, time(), zone)


def choices(visitor: Visitor) -> dict[str, Any]:
    """What can be chosen, and what a text can be made of."""
    lists = rule_queries.custom_lists(visitor.shop.id)
    return {
        "scene_choices": [(str(one), label) for one, label in risk_words.SCENES.items()],
        "outcome_choices": [(str(one), risk_words.OUTCOMES[one][0]) for one in states.RULE_OUTCOMES],
        "cost_choices": [(str(n), str(n)) for n in range(1, 5)],
        "threat_choices": list(THREATS.items()),
        "kind_choices": [(str(one), risk_words.type_words(one)) for one in risk_words.KINDS],
        "spans": list(SPANS.items()),
        "features": [
            (name, feature.words, words.FEATURE_TYPES[feature.type]) for name, feature in sorted(CATALOGUE.items())
        ],
        "functions": [(one.name, one.example, one.words) for one in FUNCTIONS.values()],
        "lists": [
            (one.name, risk_words.type_words(one.type), f'in_list("{one.name}", {one.type})', one.words)
            for one in lists
        ],
    }
