"""Columns of lists and rows of details: each is a function of one object with a heading."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from goodfor.kernel.money import Money

Text = str | Promise
Column = Callable[[Model], Any]
_PLAIN: dict[Column, Column] = {}


def _attribute(row: Model, path: str) -> Any:
    value: Any = row
    for part in path.split("."):
        value = getattr(value, part)
    return value


def _named(show: Column, path: str, title: Text, **options: Any) -> Column:
    show.__name__ = f"show_{path.replace('.', '_')}"
    column: Column = display(description=title, **options)(show)
    return column


def text(path: str, title: Text) -> Column:
    """The attribute as it is; `a.b` follows a relation."""

    def show(row: Model) -> Any:
        value = _attribute(row, path)
        return None if value == "" else value

    return _named(show, path, title)


def flag(path: str, title: Text) -> Column:
    """A yes or no."""
    return _named(lambda row: _attribute(row, path), path, title, boolean=True)


def time(path: str, title: Text) -> Column:
    """An instant to the second, in the current time zone: read-only fields would show it in UTC."""

    def show(row: Model) -> str | None:
        value: datetime | None = _attribute(row, path)
        return None if value is None else f"{localtime(value):%Y-%m-%d %H:%M:%S}"

    return _named(show, path, title)


def amount(minor: int, currency: str) -> str:
    """`¥1,234.50`; other currencies than CNY with their code behind."""
    sign, figure = ("-", Money(-minor, currency)) if minor < 0 else ("", Money(minor, currency))
    whole, dot, rest = figure.as_decimal_string().partition(".")
    grouped = f"{int(whole):,}{dot}{rest}"
    return f"{sign}¥{grouped}" if currency == "CNY" else f"{sign}{grouped} {currency}"


def money(path: str, title: Text) -> Column:
    """Minor units of the row's `currency`, as people write them (CNY in yuan)."""

    def show(row: Model) -> str | None:
        minor = _attribute(row, path)
        return None if minor is None else amount(minor, _attribute(row, "currency"))

    return _named(show, path, title)


def badge(path: str, title: Text, words: Mapping[str, Text], colours: Mapping[str, str]) -> Column:
    """A state in words, on a colour where there are colours; a state without words is shown as it is."""

    def plain(row: Model) -> Text:
        value = str(_attribute(row, path))
        return words.get(value, value)

    def show(row: Model) -> tuple[str, Text]:
        return str(_attribute(row, path)), plain(row)

    in_words = _named(plain, path, title)
    if not colours:
        return in_words
    coloured = _named(show, path, title, label=dict(colours))
    # unfold colours lists only; a detail page would show the pair.
    _PLAIN[coloured] = in_words
    return coloured


def on_detail(column: Column) -> Column:
    """The column as a detail page can show it."""
    return _PLAIN.get(column, column)


def structure(path: str, title: Text) -> Column:
    """A JSON value, indented."""

    def show(row: Model) -> str:
        value = json.dumps(_attribute(row, path), ensure_ascii=False, indent=2, sort_keys=True)
        return format_html('<pre class="whitespace-pre-wrap">{}</pre>', value)

    return _named(show, path, title)


def table(name: str, title: Text, heads: tuple[Text, ...], rows: Callable[[Model], list[tuple[Any, ...]]]) -> Column:
    """A small table of what belongs to the object."""

    def show(row: Model) -> str:
        return render_to_string("console/table.html", {"heads": heads, "rows": rows(row)})

    return _named(show, name, title)


def computed(name: str, title: Text, value: Callable[[Any], Any]) -> Column:
    """Whatever `value` says of the object."""
    return _named(lambda row: value(row), name, title)


CREATED_AT = time("created_at", _("创建时间"))
