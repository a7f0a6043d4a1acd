"""Decisions as lines of a table, on every page that lists some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.console import risk_links as links
from goodfor.console import risk_words as words
from goodfor.console.columns import Text
from goodfor.console.types import Visitor
from goodfor.risk import watch_queries
from goodfor.risk.pipeline import ALLOWED, WATCHED
from goodfor.risk.types import Outcome
from goodfor.risk.watch_types import DecisionRow

#: So many reasons stand in a line.
REASONS: Final = 2
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A decision in words."""

    id: UUID
    at: datetime
    scene: Text
    outcome: Text
    tone: str
    who: links.KeyName | None
    subject: links.SubjectName | None
    reasons: tuple[str, ...]
    more: int
    score: str
    latency: str
    sampled: bool


def lines_of(visitor: Visitor, rows: Sequence[DecisionRow]) -> list[Line]:
    """In the same order."""
    if not rows:
        return []
    rules = watch_queries.rule_names(visitor.shop.id)
    people = [links.who(row.keys) for row in rows]
    named = links.key_names(visitor, [one for one in people if one])
    subjects = links.subject_names(visitor, [row.line.subject for row in rows])
    return [
        _line(row, named.get(one) if one else None, subjects.get(row.line.subject) if row.line.subject else None, rules)
        for row, one in zip(rows, people, strict=True)
    ]


def _line(
    row: DecisionRow, who: links.KeyName | None, subject: links.SubjectName | None, rules: Mapping[str, str]
) -> Line:
    line = row.line
    label, tone = words.OUTCOMES[line.outcome]
    told = reasons_of(line.outcome, line.reasons, rules)
    return Line(
        line.id, line.at, words.SCENES[line.scene], label, tone, who, subject, told[:REASONS],
        max(len(told) - REASONS, 0), score_words(line.score), latency_words(row.latency), line.sampled,
    )  # fmt: skip


def reasons_of(outcome: Outcome, codes: Sequence[str], rules: Mapping[str, str]) -> tuple[str, ...]:
    """In words; what was allowed has only those that say why it was let through or is looked at."""
    shown = [code for code in codes if outcome is not Outcome.ALLOW or code in (ALLOWED, WATCHED)]
    return tuple(str(words.reason_words(code, rules)) for code in shown)


def score_words(score: float | None) -> str:
    """0.87; a dash where no model was asked."""
    return "–" if score is None else f"{score:.2f}"


def latency_words(latency: timedelta | None) -> str:
    """2.4 ms."""
    return "–" if latency is None else f"{latency / _MILLISECOND:.1f} ms"
