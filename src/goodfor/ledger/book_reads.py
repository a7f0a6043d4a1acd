"""Reads for whoever looks through the books: months and their states, an account's days and lines; in `queries`."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.sql import Statement
from goodfor.ledger.chart import classify
from goodfor.ledger.dated import daily
from goodfor.ledger.errors import UnknownAccount
from goodfor.ledger.models import Period
from goodfor.ledger.types import DailyRow, MonthRow, StatementLine

LINES: Final = Statement(__package__, "sql/account_lines.sql", planned_each_time=True)
COUNT: Final = Statement(__package__, "sql/count_lines.sql", planned_each_time=True)
FIRST: Final = Statement(__package__, "sql/first_day.sql")

OPEN: Final = "open"
_HARDEST: Final = ("closed", "closing", "soft")
#: Days whose lines are read at once: a busy account has thousands a day.
LONGEST: Final = 31
_END: Final = (2**63 - 1, 32767)


def months(shop_id: UUID, today: date, limit: int = 36) -> list[MonthRow]:
    """The months of the books up to that of `today`, the newest first, as each takes entries now."""
    row = FIRST.row({"shop_id": shop_id})
    first = (row[0] if row and row[0] else today).replace(day=1)
    kept = list(Period.objects.filter(shop_id=shop_id).order_by("month"))
    found: list[MonthRow] = []
    month = today.replace(day=1)
    while month >= min(first, today.replace(day=1)) and len(found) < limit:
        # Closing a month closes all before it.
        over = [one for one in kept if one.month >= month]
        state = next((name for name in _HARDEST if any(one.state == name for one in over)), OPEN)
        by = next((one for one in over if one.state == state), None)
        found.append(MonthRow(month, state, by.changed_at if by else None))
        month = date(month.year - 1, 12, 1) if month.month == 1 else month.replace(month=month.month - 1)
    return found


def account_days(shop_id: UUID, account_code: str, currency: str, first_day: date, last_day: date) -> list[DailyRow]:
    """The days on which one account moved, with debit, credit and closing. Raises UnknownAccount, InvalidInput."""
    _known(account_code)
    # Others begin alike: `a:bc` begins with `a:b`.
    rows = daily(shop_id, account_code, first_day, last_day)
    return [row for row in rows if (row.code, row.currency) == (account_code, currency)]


def account_lines(
    shop_id: UUID, account_code: str, currency: str, first_day: date, last_day: date, *, cursor: str = "",
    limit: int = 100, of: Mapping[str, Any] | None = None,
) -> list[StatementLine]:  # fmt: skip
    """Posted lines that are dated to these days, newest first, at most 31 days.

    `of`: only those of a `sku_id`, `supplier_id` or `channel`. Raises UnknownAccount, InvalidInput (days, cursor).
    """
    _known(account_code)
    if not 0 <= (last_day - first_day).days < LONGEST:
        raise InvalidInput("too many days, or the wrong way round", most=LONGEST)
    tx_id, seq = _place(cursor)
    narrow = {"sku_id": None, "supplier_id": None, "channel": None} | dict(of or {})
    params = {
        **narrow, "shop_id": shop_id, "code": account_code, "currency": currency, "first_day": first_day,
        "last_day": last_day, "tx_id": tx_id, "seq": seq, "limit": limit,
    }  # fmt: skip
    return [StatementLine(*(*row, f"{row[0]}.{row[1]}")) for row in LINES.rows(params)]


def count_lines(shop_id: UUID, first_day: date, last_day: date, most: int) -> int:
    """How many posted lines these days have; `most` stands for so many and more."""
    row = COUNT.row({"shop_id": shop_id, "first_day": first_day, "last_day": last_day, "most": most})
    return int(row[0]) if row else 0


def drains_within(account_code: str) -> int | None:
    """In how many days what came to a clearing account should have left it; None: it is none."""
    line = classify(account_code)
    return line.drains_days if line else None


def _place(cursor: str) -> tuple[int, int]:
    if not cursor:
        return _END
    parts = cursor.split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidInput("not a cursor of this list")
    place = int(parts[0]), int(parts[1])
    if place[0] > _END[0] or place[1] > _END[1]:
        raise InvalidInput("not a cursor of this list")
    return place


def _known(code: str) -> None:
    if classify(code) is None:
        raise UnknownAccount(subject=code[:160])
