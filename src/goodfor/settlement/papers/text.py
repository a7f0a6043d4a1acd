"""A statement's items as CSV for programs and spreadsheets: UTF-8 with a mark, one head line, amounts with a point."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Final

from goodfor.settlement.papers import content
from goodfor.settlement.types import ItemView, StatementView

#: What makes a formula of a text (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def _cell(value: content.Cell) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return str(value)


def write(view: StatementView, items: Iterable[ItemView], out: IO[bytes]) -> int:
    """Write the file; how many items."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    lines, count = csv.writer(text), 0
    lines.writerow(content.item_heads())
    for one in items:
        lines.writerow([_cell(value) for value in content.item(one, view.currency)])
        count += 1
    text.flush()
    # The file is the caller's to close.
    text.detach()
    return count
