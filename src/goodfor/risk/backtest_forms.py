"""Between a backtest's columns and what they stand for. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.risk.rule_types import Example, RuleText, Week
from goodfor.risk.types import KeyKind, Outcome, Scene

_NUMBERS: Final = (
    "decisions", "not_evaluable", "fitted", "caught", "annoyed", "young", "caught_minor", "annoyed_minor", "bad",
)  # fmt: skip


def digest_of(text: str, scenes: Iterable[str]) -> str:
    """Of what decides whom a rule fits."""
    said = json.dumps([text.strip(), sorted(map(str, scenes))], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def written_says(says: RuleText) -> dict[str, Any]:
    """As JSON."""
    return {
        "name": says.name, "text": says.text, "scenes": [str(scene) for scene in says.scenes],
        "outcome": str(says.outcome), "label": says.label, "threat": says.threat, "words": says.words,
        "hard": says.hard, "hold_minutes": says.hold_minutes, "cost": says.cost,
        "quarantine_days": says.quarantine_days, "quarantine_by": str(says.quarantine_by or ""),
    }  # fmt: skip


def read_says(stored: Mapping[str, Any]) -> RuleText:
    """From what `written_says` made."""
    by = stored["quarantine_by"]
    return RuleText(**{
        **stored, "scenes": tuple(Scene(scene) for scene in stored["scenes"]), "outcome": Outcome(stored["outcome"]),
        "quarantine_by": KeyKind(by) if by else None,
    })  # fmt: skip


def written_weeks(weeks: Iterable[Week]) -> list[list[Any]]:
    """A row of each."""
    return [[week.week.isoformat(), *(getattr(week, name) for name in _NUMBERS)] for week in weeks]


def read_weeks(stored: Iterable[list[Any]]) -> dict[datetime, Week]:
    """By their Monday."""
    found = {}
    for at, *numbers in stored:
        week = datetime.fromisoformat(at)
        found[week] = Week(week, **dict(zip(_NUMBERS, numbers, strict=True)))
    return found


def written_example(one: Example) -> list[Any]:
    """As JSON."""
    return [str(one.decision_id), one.at.isoformat(), str(one.scene), str(one.outcome), one.sort, one.amount_minor]


def read_example(stored: list[Any]) -> Example:
    """From what `written_example` made."""
    decision_id, at, scene, outcome, sort, amount = stored
    return Example(UUID(decision_id), datetime.fromisoformat(at), Scene(scene), Outcome(outcome), sort, amount)
