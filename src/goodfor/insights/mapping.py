"""Rows as what is handed out, and back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from goodfor.insights.models import Report
from goodfor.insights.types import Ask, ReportView, Spec, day_of

#: What a report may be narrowed to -> how its values are read.
_FILTERS: Mapping[str, type[Any]] = {
    "sku_ids": UUID, "category_ids": UUID, "supplier_ids": UUID, "campaign_ids": UUID, "channels": str, "methods": str,
    "segments": str,
}  # fmt: skip


def report_view(row: Report) -> ReportView:
    """A saved report."""
    return ReportView(
        row.id, row.name, spec_of(row.spec), row.rhythm, row.at_hour, row.weekday, row.day, tuple(row.staff_ids),
        row.due_at, row.state,
    )  # fmt: skip


def spec_of(stored: Mapping[str, Any]) -> Spec:
    """As it was stored."""
    return Spec(
        stored["by"], stored["days"], tuple((name, tuple(values)) for name, values in stored["filters"]),
        tuple(stored["columns"]),
    )  # fmt: skip


def stored_spec(spec: Spec) -> dict[str, Any]:
    """As it is stored."""
    return {
        "by": spec.by, "days": spec.days, "filters": [[name, list(values)] for name, values in spec.filters],
        "columns": list(spec.columns),
    }  # fmt: skip


def ask_of(spec: Spec, currency: str, now: Any) -> Ask:
    """The days before the present one. Raises KeyError and ValueError for a filter that there is not."""
    last = day_of(now) - timedelta(days=1)
    chosen = {name: tuple(_FILTERS[name](value) for value in values) for name, values in spec.filters}
    return Ask(last - timedelta(days=spec.days - 1), last, currency, **chosen)
