"""Lists as CSV files that a spreadsheet opens without calculating anything. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

#: What makes a formula of a text (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HEADS: Final = ("list", "type", "value", "key", "label", "reason", "owner", "expires_at", "state", "made_by", "made_at")


def safe_cell(text: str) -> str:
    """A text that looks like a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain_cell(text: str) -> str:
    """What `safe_cell` was made of."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """The file, with the mark by which spreadsheets know that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
