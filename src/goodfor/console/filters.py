"""Filters of lists. Each choice is a condition written here: nothing of the address reaches a column name."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.kernel.clock import utc_now

Filter = type[SimpleListFilter]
_STATE = _("状态")


def choice(parameter: str, title: Text, choices: Iterable[tuple[str, Text, Q]]) -> Filter:
    """A filter of `(value in the address, words, condition)`."""
    offered = tuple(choices)
    conditions = {value: condition for value, _words, condition in offered}

    class Choice(SimpleListFilter):
        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
            return [(value, words) for value, words, _condition in offered]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:  # noqa: ARG002
            condition = conditions.get(self.value() or "")
            return queryset if condition is None else queryset.filter(condition)

    Choice.parameter_name = parameter
    Choice.title = title  # type: ignore[assignment]
    return Choice


def states(column: str, words: Mapping[str, Text], title: Text = _STATE) -> Filter:
    """One of the states."""
    return choice(column, title, ((value, word, Q(**{column: value})) for value, word in words.items()))


def yes_no(column: str, title: Text) -> Filter:
    """A boolean column."""
    return choice(column, title, (("1", _("是"), Q(**{column: True})), ("0", _("否"), Q(**{column: False}))))


def filled(column: str, title: Text) -> Filter:
    """Whether a column has a value."""
    empty = f"{column}__isnull"
    return choice(column, title, (("1", _("是"), Q(**{empty: False})), ("0", _("否"), Q(**{empty: True}))))


def recent(column: str, title: Text) -> Filter:
    """The last day, week, month."""
    days = {"1": 1, "7": 7, "30": 30}

    class Recent(SimpleListFilter):
        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
            return [("1", _("最近 24 小时")), ("7", _("最近 7 天")), ("30", _("最近 30 天"))]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:  # noqa: ARG002
            span = days.get(self.value() or "")
            return queryset.filter(**{f"{column}__gte": utc_now() - timedelta(days=span)}) if span else queryset

    Recent.parameter_name = f"{column}_within"
    Recent.title = title  # type: ignore[assignment]
    return Recent
