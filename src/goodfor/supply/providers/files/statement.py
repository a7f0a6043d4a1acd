"""A supplier's account as a file of its back office. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal
from zoneinfo import ZoneInfo

from goodfor.supply.providers.files.columns import Columns, Profile, understand
from goodfor.supply.providers.files.prices import money
from goodfor.supply.providers.files.problems import CellProblem
from goodfor.supply.providers.files.table import Row, read_rows
from goodfor.supply.providers.values import StatementRow

#: `as_is`: what they charged is below zero in the file. `turned`: above.
Sign = Literal["as_is", "turned"]
_TIME: Final = re.compile(
    r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?"
    r"(?:[T\s]*([0-9]{1,2})[:：时]([0-9]{1,2})(?:[:：分]([0-9]{1,2})(?:\.[0-9]+)?)?秒?)?"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """All lines that are right."""

    rows: tuple[StatementRow, ...]
    problems: tuple[CellProblem, ...]


def read_statement(
    data: bytes, name: str, currency: str, *, zone: str = "Asia/Shanghai", sign: Sign = "as_is",
    profile: Profile | None = None,
) -> Statement:  # fmt: skip
    """Read a file; its times are of `zone`. Raises FileRefused."""
    columns, rows = understand(read_rows(data, name), "statement", profile or Profile())
    found = []
    for row in rows:
        at, amount = _time(columns.get(row, "at"), zone), _amount(columns, row, sign)
        if at is None:
            columns.wrong(row, "at", "bad_time")
        if at is not None and amount is not None:
            number, ref, kind = (columns.get(row, role)[:64] for role in ("number", "ref", "kind"))
            found.append(StatementRow(at, amount, currency, number.removeprefix("N"), ref, kind))
    return Statement(tuple(found), tuple(columns.problems))


def _amount(columns: Columns, row: Row, sign: Sign) -> Decimal | None:
    """One column with signs, or two without."""
    if "amount" in columns.place:
        amount = _told(columns, row, "amount")
        if amount is None and not columns.get(row, "amount"):
            columns.wrong(row, "amount", "no_amount")
        return -amount if amount is not None and sign == "turned" else amount
    income, spent = _told(columns, row, "income"), _told(columns, row, "spent")
    if income is None and spent is None:
        columns.wrong(row, "income" if "income" in columns.place else "spent", "no_amount")
        return None
    # Some write what was spent below zero, some above: the column says which way it went.
    return abs(income or Decimal(0)) - abs(spent or Decimal(0))


def _told(columns: Columns, row: Row, role: str) -> Decimal | None:
    text = columns.get(row, role)
    amount = money(text.lstrip("+"))
    if text and amount is None and text not in ("-", "--"):
        columns.wrong(row, role, "bad_amount")
    return amount


def _time(text: str, zone: str) -> datetime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        parts = [int(part or 0) for part in match.groups()]
        local = datetime(*parts[:6], tzinfo=ZoneInfo(zone))  # type: ignore[misc,arg-type]
    except ValueError:
        return None
    return local.astimezone(UTC)
