"""The tables of a snapshot: what marks their days, which rows they have, and the types of their columns."""

from dataclasses import dataclass
from typing import Final

from goodfor.insights.types import MEASURES, STEPS
from goodfor.kernel.sql import Statement


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: `marks` gives (day, rows, hash), `rows` copies the days from `first` to `last`."""

    name: str
    marks: Statement
    rows: Statement
    columns: tuple[tuple[str, str], ...]


def _shape(name: str, *columns: tuple[str, str]) -> Shape:
    rows = Statement("goodfor.insights", f"sql/snapshot_{name}.sql", planned_each_time=True)
    marks = Statement("goodfor.insights", f"sql/snapshot_{name}_marks.sql", planned_each_time=True)
    return Shape(name, marks, rows, columns)


_DAY, _CURRENCY, _SKU = ("day", "DATE"), ("currency", "VARCHAR"), ("sku_id", "UUID")
_HOW: Final = (("channel", "VARCHAR"), ("method", "VARCHAR"), ("segment", "VARCHAR"))
CUBE, FLOW, PAID = "cube", "flow", "paid"
SHAPES: Final = (
    _shape(
        CUBE, _DAY, _CURRENCY, _SKU, ("supplier_id", "UUID"), *_HOW, ("campaign_id", "UUID"),
        *((name, "BIGINT") for name in MEASURES),
    ),
    _shape(FLOW, _DAY, _CURRENCY, _SKU, *_HOW, *((name, "BIGINT") for name in STEPS)),
    _shape(PAID, _DAY, _CURRENCY, ("buyer", "UUID"), *_HOW, _SKU, ("paid_minor", "BIGINT")),
)  # fmt: skip
