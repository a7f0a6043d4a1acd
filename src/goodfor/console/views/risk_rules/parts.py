"""Parts that several pages of rules show: versions beside each other, what a rule asks in words, weeks of figures."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodfor.console import risk_rule_words as words
from goodfor.console import risk_words
from goodfor.console.types import Visitor
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.risk.errors import BadExpression
from goodfor.risk.rule_reading import stored
from goodfor.risk.rule_types import BacktestView, RuleText, VersionView, Week
from goodfor.risk.wording_rules import THREATS, TYPES, shown

_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: `same`, `gone` or `new`."""

    sort: str
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What a version changed: its text in pieces, and settings as (what, before, after)."""

    pieces: tuple[Piece, ...]
    settings: tuple[tuple[str, str, str], ...]

    @property
    def any(self) -> bool:
        """Whether there is a difference at all."""
        return bool(self.settings) or any(piece.sort != "same" for piece in self.pieces)


def settings_of(says: RuleText) -> list[tuple[str, str]]:
    """All of a rule but its text, in words."""
    told = [
        (_("名称"), shown(says.name)),
        (pgettext("risk", "说明"), shown(says.words)),
        (_("场景"), _("、").join(str(risk_words.SCENES[scene]) for scene in says.scenes)),
        (_("命中后"), words.does(says)),
        (_("威胁"), str(THREATS.get(says.threat, says.threat))),
        ("BREAK", says.label),
        (_("在模型评分之前判断"), _("是") if says.hard else _("否")),
        (_("观察期"), _quarantine(says)),
    ]
    return [(what, value or "–") for what, value in told]


def _quarantine(says: RuleText) -> str:
    if not says.quarantine_days or says.quarantine_by is None:
        return _("没有")
    return _("按%(what)s %(n)d 天") % {"what": TYPES[says.quarantine_by], "n": says.quarantine_days}


def changed(before: RuleText | None, after: RuleText) -> Changed:
    """What the later says otherwise; all of it is new where there is nothing before."""
    if before is None:
        return Changed((Piece("new", after.text),), ())
    settings = tuple(
        (what, old, new)
        for (what, old), (_what, new) in zip(settings_of(before), settings_of(after), strict=True)
        if old != new
    )
    return Changed(tuple(_pieces(before.text, after.text)), settings)


def _pieces(before: str, after: str) -> list[Piece]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    found: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece("gone", "".join(old[a:b])))
        if d > c:
            found.append(Piece("new", "".join(new[c:d])))
    return found


def sentence(tree: Any) -> str:
    """A rule as a sentence in the reader's language; empty where what it asks for is gone."""
    try:
        return stored(tree).words()
    except BadExpression:
        return ""


def versions_of(versions: Sequence[VersionView], people: words.People) -> list[dict[str, Any]]:
    """Newest first, each with what it changed."""
    found = []
    for number, one in enumerate(versions):
        before = versions[number + 1].says if number + 1 < len(versions) else None
        found.append(
            {
                "version": one, "changed": changed(before, one.says), "by": people.name(one.made_by),
                "approved": people.name(one.approved_by) if one.approved_by else "",
            }
        )  # fmt: skip
    return found


def week_rows(visitor: Visitor, weeks: Sequence[Week]) -> list[dict[str, Any]]:
    """A row of each week."""
    currency = visitor.shop.currency
    return [
        {
            "week": week, "precision": "–" if week.precision is None else writing.percent(week.precision),
            "caught": Money(week.caught_minor, currency), "annoyed": Money(week.annoyed_minor, currency),
        }
        for week in weeks
    ]  # fmt: skip


def week_chart(weeks: Sequence[Week]) -> dict[str, Any]:
    """Hits by week and what is known of them, stacked."""
    return {
        "kind": "bar",
        "stacked": True,
        "tones": [tone for _label, tone in words.SORTS.values()],
        "columns": [_("周"), *(str(words.SORTS[sort][0]) for sort in words.SORTS)],
        "rows": [[writing.day(week.week), week.caught, week.annoyed, week.young] for week in weeks],
        "unit": _("次"),
        "format": "number",
    }


def figures_of(visitor: Visitor, tried: BacktestView) -> dict[str, Any]:
    """What a backtest found, in the shop's money."""
    total, currency = tried.total, visitor.shop.currency
    return {
        "tried": tried,
        "total": total,
        "precision": "–" if total.precision is None else writing.percent(total.precision),
        "caught": Money(total.caught_minor, currency),
        "annoyed": Money(total.annoyed_minor, currency),
        "weeks": week_rows(visitor, tried.weeks),
        "chart": week_chart(tried.weeks),
        "examples": [
            (one, *words.SORTS[one.sort], risk_words.SCENES[one.scene], *risk_words.OUTCOMES[one.outcome],
             Money(one.amount_minor, currency) if one.amount_minor else None)
            for one in tried.examples
        ],
        "done_percent": round(tried.done * 100),
    }  # fmt: skip
