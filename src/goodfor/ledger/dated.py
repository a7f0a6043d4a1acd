"""Reads by days of the books: balances on a day, what moved on each day, what was earned.

A day of the books is a day in Asia/Shanghai by the effective time. `as_known_on` a day: only what had been recorded by
the end of that day, so that a report can be made again as it was. All are exact: stored days plus the postings since.
"""

from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.sql import Statement
from goodfor.ledger.chart import EXPENSE, INCOME, classify
from goodfor.ledger.types import DailyRow, IncomeRow, TrialBalanceRow

# Planned each time: what is known later or now, and how long the time is, makes another plan.
BALANCES_ON = Statement(__package__, "sql/balances_on.sql", planned_each_time=True)
DAILY = Statement(__package__, "sql/daily.sql", planned_each_time=True)
INCOME_BY = Statement(__package__, "sql/income.sql", planned_each_time=True)

BUSINESS = ZoneInfo("Asia/Shanghai")
Dimension = Literal["", "order", "order_line", "sku", "supplier", "party", "brand", "campaign", "channel"]
DIMENSIONS: tuple[Dimension, ...] = (
    "", "order", "order_line", "sku", "supplier", "party", "brand", "campaign", "channel",
)  # fmt: skip


def business_day(at: datetime) -> date:
    """The day of the books that a moment belongs to."""
    return at.astimezone(BUSINESS).date()


def _known(day: date | None) -> datetime | None:
    """The midnight that ends the day, or None."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), BUSINESS)


def trial_balance_on(shop_id: UUID, day: date | None, as_known_on: date | None = None) -> list[TrialBalanceRow]:
    """Every account at the end of a day (None: with all that is dated later, too), debit or credit."""
    params = {"shop_id": shop_id, "day": day or date.max, "known": _known(as_known_on)}
    return [
        TrialBalanceRow(code, kind, currency, max(signed, 0), max(-signed, 0))
        for code, kind, currency, signed in BALANCES_ON.rows(params)
    ]


def daily(
    shop_id: UUID, code_prefix: str, first_day: date, last_day: date, as_known_on: date | None = None
) -> list[DailyRow]:
    """The days, both included, on which accounts whose code begins so moved; by code, currency and day.

    `debit_minor` and `credit_minor` are both positive, `closing_minor` is on the account's natural side.
    Raises InvalidInput when the days are the wrong way round.
    """
    if last_day < first_day:
        raise InvalidInput("the last day is before the first")
    params = {"first": code_prefix, "end": code_prefix + "\x7f", "first_day": first_day, "last_day": last_day}
    return [DailyRow(*row) for row in DAILY.rows({**params, "shop_id": shop_id, "known": _known(as_known_on)})]


def income_statement(
    shop_id: UUID, first_day: date, last_day: date, by: Dimension = "", as_known_on: date | None = None
) -> list[IncomeRow]:
    """What each account of income and expense brought (positive) or cost in these days; their sum is the profit.

    `by` a dimension: once for each of its values. Without one it comes from the daily balances, at any size at once.
    Raises InvalidInput (unknown dimension, days the wrong way round).
    """
    if by not in DIMENSIONS:
        raise InvalidInput("not a dimension of postings", by=str(by)[:40])
    if not by:
        return _by_account(shop_id, first_day, last_day, as_known_on)
    if last_day < first_day:
        raise InvalidInput("the last day is before the first")
    params = {"shop_id": shop_id, "first_day": first_day, "last_day": last_day, "by": by}
    return [IncomeRow(*row) for row in INCOME_BY.rows({**params, "known": _known(as_known_on)})]


def _by_account(shop_id: UUID, first_day: date, last_day: date, as_known_on: date | None) -> list[IncomeRow]:
    sums: dict[tuple[str, str, str], int] = {}
    for row in daily(shop_id, "", first_day, last_day, as_known_on):
        line = classify(row.code)
        if line is not None and line.type in (INCOME, EXPENSE):
            key = (row.code, line.type, row.currency)
            sums[key] = sums.get(key, 0) + row.credit_minor - row.debit_minor
    return [IncomeRow("", *key, amount) for key, amount in sums.items()]
