"""`{% load console %}`: the console's own words in templates, and the rows of long lists."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.listing.cells import ListRow
from goodfor.console.listing.spec import Column
from goodfor.kit.templatetags.kit import icon

register = template.Library()


@register.filter
def case_kind(kind: str) -> str:
    """What kind of case it is, in words."""
    return words.word(words.CASE_KINDS, kind)


@register.filter
def role(name: str) -> str:
    """A role in words."""
    return words.word(words.ROLES, name)


@register.filter
def session_method(name: str) -> str:
    """How somebody came in, in words."""
    return words.word(words.SESSION_METHODS, name)


@register.filter
def fact_kind(kind: str) -> str:
    """What a channel said, in words."""
    return words.word(words.FACTS, kind)


@register.filter
def case_detail(key: str) -> str:
    """A detail of a case, in words."""
    return words.word(words.CASE_DETAILS, key)


@register.simple_tag
def listing_rows(rows: Sequence[ListRow], columns: Sequence[Column], acts: Sequence[Any]) -> SafeString:
    """All rows of a list: up to 200 with ten cells each, so they are joined here and not by a template each."""
    classes = [
        "num" if column.kind in ("money", "number") else "keep-last" if column.last else "" for column in columns
    ]
    if not acts and classes:
        classes[0] = "keep-first"
    width, drawn = len(columns) + (1 if acts else 0), icon("next", 16)
    pick, unfold = _("选择"), _("展开")
    return SafeString("".join(_row(row, classes, width, drawn, pick if acts else "", unfold) for row in rows))


def _row(row: ListRow, classes: list[str], width: int, drawn: SafeString, pick: str, unfold: str) -> str:
    more = format_html(_MORE, row.id, unfold, row.name, drawn) if row.detail else SafeString("")
    cells = []
    for number, (name, cell) in enumerate(zip(classes, row.cells, strict=True)):
        inner = format_html('<span class="row">{}{}</span>', cell, more) if more and number == 0 else cell
        cells.append(
            f'<td class="{name}">{conditional_escape(inner)}</td>' if name else f"<td>{conditional_escape(inner)}</td>"
        )
    head = format_html(_PICK, row.id, pick, row.name) if pick else ""
    below = _below(row, width) if row.detail else ""
    return f"<tr>{head}{''.join(cells)}</tr>{below}"


_PICK = (
    '<td class="sheet-pick keep-first"><label><input class="box row-pick" type="checkbox" name="pick" value="{}">'
    '<span class="sr">{} {}</span></label></td>'
)
_MORE = (
    '<button type="button" class="row-more" data-expand="more-{0}" aria-expanded="false" aria-controls="more-{0}"'
    ' aria-label="{1} {2}" hidden>{3}</button>'
)


def _below(row: ListRow, width: int) -> SafeString:
    pairs = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", row.detail)
    below = '<tr class="sheet-detail" id="more-{}"><td colspan="{}"><dl class="pairs pairs-2">{}</dl></td></tr>'
    return format_html(below, row.id, width, pairs)
