"""What stands in a cell: on a page, and in a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString

from goodfor.console.columns import Text
from goodfor.console.listing.spec import Column, Row
from goodfor.kernel.money import Money
from goodfor.kit import writing

EMPTY = "–"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of the page: its cells as HTML, and what folds out below it."""

    id: UUID
    name: str
    cells: list[SafeString | str]
    detail: Sequence[tuple[Text, Any]]


def cell_html(column: Column, row: Row) -> SafeString | str:
    """One cell as HTML."""
    if column.show is not None:
        return column.show(row)
    value = column.value(row)
    if value is None or value == "":
        return EMPTY
    if column.kind == "money":
        return writing.money(value)
    if column.kind == "time":
        return writing.exact(value)
    if column.kind == "badge":
        words, tone = value
        return format_html('<span class="badge badge-{} badge-dot">{}</span>', tone, words)
    if column.kind == "number":
        return f"{value:,}"
    if column.kind == "code":
        return format_html('<span class="mono">{}</span>', value)
    return format_html("{}", value)


def labelled(words: Text, key: str) -> SafeString:
    """Words with their key below, small; a key alone where there are no words for it."""
    if str(words) == key:
        return format_html('<span class="mono">{}</span>', key)
    below = '<span class="two" title="{1}"><span>{0}</span><span class="quiet mono">{1}</span></span>'
    return format_html(below, words, key)


def file_value(column: Column, row: Row, timezone: str) -> str | int | Decimal | datetime | None:
    """One cell for a file: amounts as numbers, moments without a zone in the shop's own time, all else as text."""
    value: Any = column.value(row)
    if value is None:
        return None
    if isinstance(value, Money):
        return Decimal(value.as_decimal_string())
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, microsecond=0)
    if column.kind == "badge":
        return str(value[0])
    if column.kind == "number" and isinstance(value, int):
        return value
    return str(value)
