"""Heavy questions, answered by DuckDB from a shop's newest snapshot: never by the database, never for an order."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.insights.errors import InvalidAsk, NoSnapshot, SnapshotTooHeavy
from goodfor.insights.reads import shelves_of
from goodfor.insights.snapshots import store
from goodfor.insights.snapshots.apart import EngineFailed, one_question
from goodfor.insights.snapshots.shapes import CUBE, PAID
from goodfor.insights.snapshots.sql import COHORTS, free_sql
from goodfor.insights.types import MEASURES, Ask, CohortRow, Figures, Free, Grouped, Matrix, Unit

MOST_DIMENSIONS: Final = 4
MOST_ROWS: Final = 10_000
#: Ten years and a day.
MOST_DAYS: Final = 3_653
#: Rows of a matrix: what is more is no picture any more.
MOST_CELLS: Final = 200_000
#: What a cohort may be told apart by: of the buyer's first order.
PARTS: Final[Mapping[str, str]] = {
    "": "''", "channel": "channel", "method": "method", "segment": "segment", "sku": "sku_id::varchar",
}  # fmt: skip
_UNITS: Final = ("week", "month", "quarter", "year")
Rows = list[list[Any]]


def snapshot_taken_at(shop_id: UUID) -> datetime | None:
    """Of when the newest snapshot is; None: there is none."""
    found = store.current(shop_id)
    return found.taken_at if found else None


def free(shop_id: UUID, asked: Free) -> Grouped:
    """Figures by several dimensions at once. Categories are those of today.

    Raises InvalidAsk, NoSnapshot, SnapshotBusy, SnapshotTooHeavy.
    """
    if not 1 <= len(asked.by) <= MOST_DIMENSIONS or len(set(asked.by)) != len(asked.by):
        raise InvalidAsk(_("维度须为 1 到 4 个，且不重复"), field="by")
    if not 1 <= asked.ask.days <= MOST_DAYS or not 1 <= asked.most <= MOST_ROWS:
        raise InvalidAsk(_("日期范围不正确"), field="first")
    if asked.order and asked.order not in MEASURES:
        raise InvalidAsk(_("没有这个指标"), field="order")
    try:
        sql = free_sql(asked.by, asked.order)
    except KeyError:
        raise InvalidAsk(_("没有这个维度"), field="by") from None
    params, wide = _params(shop_id, asked.ask), len(asked.by)
    span = asked.ask.first, asked.ask.last
    rows, taken_at = _answered(shop_id, CUBE, span, lambda files: (sql, {**params, "files": files}), asked.most)
    found = tuple((tuple(str(key) for key in row[:wide]), Figures(*row[wide:])) for row in rows[: asked.most])
    return Grouped(found, len(rows) > asked.most, taken_at)


def cohort_matrix(shop_id: UUID, currency: str, *, unit: Unit, first: date, last: date, by: str = "") -> Matrix:
    """Buyers whose first order ever was in a span from `first` to `last`, and what they did up to `last`.

    Raises InvalidAsk, NoSnapshot, SnapshotBusy, SnapshotTooHeavy.
    """
    if unit not in _UNITS or by not in PARTS:
        raise InvalidAsk(_("没有这个维度"), field="by")
    if not 0 <= (last - first).days < MOST_DAYS:
        raise InvalidAsk(_("日期范围不正确"), field="first")
    sql = COHORTS.format(part=PARTS[by])
    params = {"unit": unit, "currency": currency, "first": first.isoformat(), "last": last.isoformat()}
    rows, taken_at = _answered(shop_id, PAID, (None, last), lambda files: (sql, {**params, "files": files}), MOST_CELLS)
    if len(rows) > MOST_CELLS:
        raise SnapshotTooHeavy
    return Matrix(unit, tuple(_cohorts(rows, unit, last)), taken_at)


def _answered(
    shop_id: UUID,
    table: str,
    span: tuple[date | None, date],
    question: Callable[[list[str]], tuple[str, Mapping[str, Any]]],
    most: int,
) -> tuple[Rows, datetime]:
    """Rows of a question over the files of these days; once more where a new snapshot came in between."""
    folder = store.home(shop_id)
    for again in (True, False):
        manifest = store.current(shop_id)
        if manifest is None:
            raise NoSnapshot
        files = manifest.files(folder, table, *span)
        if not files:
            return [], manifest.taken_at
        try:
            with one_question(folder) as duck:
                sql, params = question(files)
                return duck.ask(sql, params, most=most), manifest.taken_at
        except EngineFailed:
            if not again:
                raise
    raise AssertionError


def _params(shop_id: UUID, ask: Ask) -> dict[str, Any]:
    shelves = sorted(shelves_of(shop_id).items())
    return {
        "first": ask.first.isoformat(), "last": ask.last.isoformat(), "currency": ask.currency,
        "skus": _texts(ask.sku_ids), "suppliers": _texts(ask.supplier_ids), "campaigns": _texts(ask.campaign_ids),
        "categories": _texts(ask.category_ids), "channels": _texts(ask.channels), "methods": _texts(ask.methods),
        "segments": _texts(ask.segments), "shelved": [sku for sku, _shelf in shelves],
        "shelves": [shelf for _sku, shelf in shelves],
    }  # fmt: skip


def _texts(values: Sequence[Any] | None) -> list[str] | None:
    return None if values is None else [str(value) for value in values]


def _cohorts(rows: Rows, unit: Unit, last: date) -> list[tuple[str, CohortRow]]:
    found: dict[tuple[str, date], dict[int, list[int]]] = {}
    for part, cohort, n, *counts in rows:
        found.setdefault((part, date.fromisoformat(cohort)), {})[n] = counts
    made = []
    for (part, cohort), spans in sorted(found.items(), key=lambda one: (one[0][0], one[0][1])):
        many = range(_spans(cohort, last, unit) + 1)
        counted = [spans.get(n, [0, 0, 0]) for n in many]
        columns = [tuple(one[place] for one in counted) for place in range(3)]
        made.append((part, CohortRow(cohort, columns[0][0], columns[0], columns[1], columns[2])))
    return made


def _spans(cohort: date, last: date, unit: Unit) -> int:
    """How many spans lie between the one that begins on a day and the one that another day is in."""
    if unit == "week":
        return (last - timedelta(days=last.weekday()) - cohort).days // 7
    months = (last.year - cohort.year) * 12 + last.month - cohort.month
    return {"month": months, "quarter": months // 3, "year": last.year - cohort.year}[unit]
