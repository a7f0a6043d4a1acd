"""Buyers by the month of their first order, and how many of them came back."""

from datetime import date
from itertools import groupby
from typing import Final
from uuid import UUID

from goodfor.insights.types import CohortRow
from goodfor.kernel.sql import Statement

_COHORTS: Final = Statement(__package__, "sql/cohorts.sql")


def cohorts(shop_id: UUID, currency: str, *, today: date, months: int = 12) -> list[CohortRow]:
    """The last `months` cohorts, the newest first; of each, month by month up to the present one."""
    first = _plus(today.replace(day=1), 1 - months)
    rows = _COHORTS.rows({"shop_id": shop_id, "currency": currency, "first": first})
    return [
        _row(cohort, {row[1]: row[2:] for row in group}, today.replace(day=1))
        for cohort, group in groupby(rows, key=lambda row: row[0])
    ]


def retention(row: CohortRow) -> tuple[float, ...]:
    """Of a cohort's buyers the share that bought in each month; the first is 1."""
    return tuple(kept / row.buyers for kept in row.kept)


def _row(cohort: date, by_month: dict[date, tuple[int, ...]], present: date) -> CohortRow:
    last = max(present, max(by_month))
    months = [_plus(cohort, n) for n in range((last.year - cohort.year) * 12 + last.month - cohort.month + 1)]
    counted = [by_month.get(month, (0, 0, 0)) for month in months]
    return CohortRow(
        cohort, counted[0][0], tuple(one[0] for one in counted), tuple(one[1] for one in counted),
        tuple(one[2] for one in counted),
    )  # fmt: skip


def _plus(month: date, many: int) -> date:
    at = month.year * 12 + month.month - 1 + many
    return date(at // 12, at % 12 + 1, 1)
