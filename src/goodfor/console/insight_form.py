"""The form of a saved report: what was typed as what insights save, and back; and a report in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from goodfor.console import insight_words as words
from goodfor.console.columns import Text
from goodfor.console.insight_asking import FIELDS, choices_of, dimensions
from goodfor.console.types import Visitor
from goodfor.console.words import ROLES
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.insights.errors import InvalidAsk
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import By, ReportView, Spec

MAX_TEXT: Final = 120
_TIMES: Final[tuple[By, ...]] = ("day", "week", "month")
_PLAIN: Final = ("name", "by", "days", "rhythm", "at_hour", "weekday", "day", "campaign", *FIELDS)
DEFAULTS: Final = {"by": "sku", "days": "7", "rhythm": "daily", "at_hour": "8", "weekday": "0", "day": "1"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report as its form says it."""

    name: str
    spec: Spec
    rhythm: str
    at_hour: int
    weekday: int
    day: int
    staff_ids: tuple[UUID, ...]


def typed_of(sent: QueryDict) -> dict[str, Any]:
    """What was typed, or what the address brings along, for the form."""
    typed: dict[str, Any] = dict(DEFAULTS)
    typed |= {key: str(sent[key]).replace("\x00", "").strip()[:MAX_TEXT] for key in _PLAIN if key in sent}
    typed["columns"] = tuple(sent.getlist("columns")[:40])
    typed["staff"] = tuple(sent.getlist("staff")[:60])
    return typed


def typed_as(saved: ReportView) -> dict[str, Any]:
    """A saved report, for the form."""
    fields = {field: name for name, (field, _by) in FIELDS.items()}
    return {
        "name": saved.name, "by": saved.spec.by, "days": str(saved.spec.days), "rhythm": saved.rhythm,
        "at_hour": str(saved.at_hour), "weekday": str(saved.weekday), "day": str(saved.day),
        "columns": saved.spec.columns, "staff": tuple(str(one) for one in saved.staff_ids),
        **{fields[name]: values[0] for name, values in saved.spec.filters if values},
    }  # fmt: skip


def wanted_of(visitor: Visitor, typed: Mapping[str, Any]) -> Wanted:
    """What is to be saved. Raises InvalidAsk; names no figure, supplier or dimension that the visitor may not see."""
    by = next((one for one in bys(visitor) if one == typed["by"]), None)
    if by is None:
        raise InvalidAsk(_("没有这个维度"), field="by")
    filters = tuple((FIELDS[name][0], (typed[name],)) for name in FIELDS if typed.get(name))
    margins = visitor.may(Permission.INSIGHTS_MARGINS)
    columns = tuple(name for name in desk_queries.FIGURES if name in typed["columns"])
    if set(typed["columns"]) - set(columns) or desk_queries.shown(columns, margins) != columns:
        raise InvalidAsk(_("没有这个指标"), field="columns")
    spec = Spec(by, _whole(typed, "days"), filters, columns or desk_queries.shown(desk_queries.COLUMNS, margins))
    if not all(visitor.may(right) for right in desk_queries.needed_by(spec)):
        raise InvalidAsk(_("没有这个选项"), field="supplier")
    return Wanted(
        typed.get("name", ""), spec, typed["rhythm"], _whole(typed, "at_hour"), _whole(typed, "weekday"),
        _whole(typed, "day"), _people(typed["staff"]),
    )  # fmt: skip


def bys(visitor: Visitor) -> dict[By, Text]:
    """By what a report may be told apart."""
    return {**{by: desk_queries.BY[by] for by in _TIMES}, **dimensions(visitor)}


def form_context(visitor: Visitor, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What the form is drawn of."""
    margins = visitor.may(Permission.INSIGHTS_MARGINS)
    chosen = typed.get("columns") or desk_queries.COLUMNS
    people = [one for one in identity.staff_of_shop(visitor.shop.id) if one.active]
    return {
        "typed": typed, "bys": list(bys(visitor).items()), "choices": choices_of(visitor),
        "columns": [
            (name, desk_queries.FIGURES[name][0], desk_queries.FIGURES[name][1], name in chosen)
            for name in desk_queries.shown(list(desk_queries.FIGURES), margins)
        ],
        "rhythms": list(words.RHYTHMS.items()),
        "hours": [(str(hour), f"{hour:02}:00") for hour in range(24)],
        "weekdays": [(str(n), name) for n, name in enumerate(words.WEEKDAYS)],
        "month_days": [(str(n), str(n)) for n in range(1, 29)],
        "people": [
            (str(one.id), one.username, ROLES.get(one.role, one.role), str(one.id) in typed.get("staff", ()))
            for one in people
        ],
    }  # fmt: skip


def rhythm_words(saved: ReportView) -> str:
    """When it comes."""
    word = str(words.RHYTHMS[saved.rhythm])
    if saved.rhythm == desk_queries.NEVER:
        return word
    at = f"{saved.at_hour:02}:00"
    if saved.rhythm == "weekly":
        return _("每%(day)s %(at)s") % {"day": words.WEEKDAYS[saved.weekday], "at": at}
    if saved.rhythm == "monthly":
        return _("每月 %(day)s 日 %(at)s") % {"day": saved.day, "at": at}
    return _("每天 %(at)s") % {"at": at}


def spec_words(visitor: Visitor, spec: Spec) -> list[tuple[Text, str]]:
    """What it shows, as pairs."""
    choices = choices_of(visitor)
    found: list[tuple[Text, str]] = [
        (_("统计"), str(desk_queries.BY[spec.by])),
        (_("时间范围"), _("最近 %(n)s 天，不含发送当天") % {"n": f"{spec.days:,}"}),
        (_("指标"), " · ".join(str(desk_queries.FIGURES[name][0]) for name in spec.columns or desk_queries.COLUMNS)),
    ]
    names = {field: name for name, (field, _by) in FIELDS.items()}
    for field, values in spec.filters:
        offered = {value: str(label) for value, label in choices.get(names[field], ())}
        found.append((words.FILTERS[field], " · ".join(offered.get(value, value[:8]) for value in values)))
    return found


def people_of(visitor: Visitor, staff_ids: Sequence[UUID]) -> list[str]:
    """Their names; who is gone is left out."""
    names = {one.id: one.username for one in identity.staff_of_shop(visitor.shop.id) if one.active}
    return [names[one] for one in staff_ids if one in names]


def _whole(typed: Mapping[str, Any], name: str) -> int:
    text = str(typed.get(name, ""))
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise InvalidAsk(_("请写成整数"), field=name)
    return int(text)


def _people(texts: Sequence[str]) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(text) for text in texts)
    except ValueError:
        raise InvalidAsk(_("收件人不是本店的员工"), field="staff_ids") from None
