"""What the staff's desk reads of the vault: batches, lots, stock, files on their way in. Part of `queries`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from goodfor.kernel.sql import Statement
from goodfor.vault.errors import CodeNotFound, IntakeNotFound
from goodfor.vault.importing.reports import options_from, report_from
from goodfor.vault.importing.spans import id_span
from goodfor.vault.models import Batch, Intake, Lot
from goodfor.vault.states import (
    ACTIVE,
    CANCELLED,
    CODE_STATES,
    INTAKE_ENDED,
    LOT_QUARANTINED,
    OPEN,
    STAGED,
    STAGING,
)
from goodfor.vault.types import BatchFigures, BatchSearch, FoundCode, IntakeView, LotFigures, StockRow
from goodfor.vault.views import batch_view

_LOTS = Statement(__package__, "sql/lot_figures.sql")
_STOCK = Statement(__package__, "sql/stock_report.sql")
_VOIDABLE = Statement(__package__, "sql/voidable.sql")
_CODE = Statement(__package__, "sql/code_place.sql")
CONDITIONS = ("staging", "open", "quarantined", "ended", "cancelled")


def search_batches(shop_id: UUID, search: BatchSearch, *, offset: int = 0, limit: int = 20) -> list[BatchFigures]:
    """Batches, newest first, with their figures."""
    rows = list(_found(shop_id, search).order_by("-created_at", "-id")[offset : offset + limit])
    return _with_figures(shop_id, rows)


def search_batch_ids(shop_id: UUID, search: BatchSearch, *, limit: int) -> list[UUID]:
    """Ids of batches, newest first."""
    return list(_found(shop_id, search).order_by("-created_at", "-id").values_list("id", flat=True)[:limit])


def count_batches(shop_id: UUID, search: BatchSearch, *, limit: int) -> Mapping[str, int]:
    """How many batches in each condition, at most `limit` counted; the search's own condition is left aside."""
    wide = BatchSearch("", search.sku_ids, search.since, search.until, search.expires_before, search.text)
    rows = _found(shop_id, wide)
    return {name: _in(rows, shop_id, name).values("id")[:limit].count() for name in CONDITIONS}


def batches_by_ids(shop_id: UUID, batch_ids: Sequence[UUID]) -> list[BatchFigures]:
    """These batches, in this order; ids of other shops are left out."""
    rows = {row.id: row for row in Batch.objects.filter(shop_id=shop_id, id__in=list(batch_ids))}
    return _with_figures(shop_id, [rows[one] for one in batch_ids if one in rows])


def voidable(shop_id: UUID, found: BatchFigures) -> int:
    """How many codes of a batch could be written off: the free ones, and those quarantined that were never sold."""
    if not any(lot.quarantined for lot in found.lots):
        return found.left
    first, last = id_span(found.batch.id)
    row = _VOIDABLE.row({"shop_id": shop_id, "batch_id": found.batch.id, "first_id": first, "last_id": last})
    return found.left + (row[0] if row else 0)


def stock_report(shop_id: UUID, now: datetime) -> list[StockRow]:
    """Stock of every SKU that ever had codes."""
    return [StockRow(*row) for row in _STOCK.rows({"shop_id": shop_id, "now": now})]


def code_place(shop_id: UUID, code_id: UUID) -> FoundCode:
    """One code, without its text. Raises CodeNotFound."""
    row = _CODE.row({"shop_id": shop_id, "code_id": code_id})
    if row is None:
        raise CodeNotFound(missing=1)
    place: list[Any] = [*row[:4], CODE_STATES[row[4]], *row[5:]]
    return FoundCode(*place)


def intake(shop_id: UUID, intake_id: UUID) -> IntakeView:
    """A file on its way in. Raises IntakeNotFound."""
    row = Intake.objects.filter(shop_id=shop_id, id=intake_id).first()
    if row is None:
        raise IntakeNotFound
    return _intake(row)


def intakes(shop_id: UUID, *, limit: int = 10) -> list[IntakeView]:
    """The latest files, those on their way first."""
    live = Intake.objects.filter(shop_id=shop_id).exclude(state__in=INTAKE_ENDED).order_by("-created_at", "-id")
    ended = Intake.objects.filter(shop_id=shop_id, state__in=INTAKE_ENDED).order_by("-created_at", "-id")
    return [_intake(row) for row in (*live[:limit], *ended[:limit])][:limit]


def _lots(shop_id: UUID) -> QuerySet[Lot]:
    return Lot.objects.filter(shop_id=shop_id, batch_id=OuterRef("pk"))


def _found(shop_id: UUID, search: BatchSearch) -> QuerySet[Batch]:
    rows = Batch.objects.filter(shop_id=shop_id)
    if search.sku_ids:
        rows = rows.filter(sku_id__in=search.sku_ids)
    if search.since:
        rows = rows.filter(created_at__gte=search.since)
    if search.until:
        rows = rows.filter(created_at__lt=search.until)
    if search.text:
        rows = rows.filter(Q(filename__icontains=search.text) | Q(note__icontains=search.text))
    if search.expires_before:
        still = (OPEN, LOT_QUARANTINED, STAGED)
        rows = rows.filter(Exists(_lots(shop_id).filter(state__in=still, expires_at__lt=search.expires_before)))
    return _in(rows, shop_id, search.condition) if search.condition else rows


def _in(rows: QuerySet[Batch], shop_id: UUID, condition: str) -> QuerySet[Batch]:
    if condition in (STAGING, CANCELLED):
        return rows.filter(state=condition)
    quarantined, opened = (Exists(_lots(shop_id).filter(state=state)) for state in (LOT_QUARANTINED, OPEN))
    rows = rows.filter(state=ACTIVE)
    if condition == "quarantined":
        return rows.filter(quarantined)
    return rows.filter(~quarantined, opened) if condition == "open" else rows.filter(~quarantined, ~opened)


def _with_figures(shop_id: UUID, rows: Sequence[Batch]) -> list[BatchFigures]:
    if not rows:
        return []
    found: dict[UUID, list[LotFigures]] = {row.id: [] for row in rows}
    for values in _LOTS.rows({"shop_id": shop_id, "batch_ids": list(found)}):
        lot = LotFigures(*values)
        found[lot.batch_id].append(lot)
    return [BatchFigures(batch_view(row), tuple(found[row.id])) for row in rows]


def _intake(row: Intake) -> IntakeView:
    return IntakeView(
        id=row.id,
        sku_id=row.sku_id,
        actor=row.actor,
        filename=row.filename,
        size_bytes=row.size_bytes,
        state=row.state,
        options=options_from(row.options),
        report=report_from(row.report) if row.report else None,
        problem=row.problem,
        checks=row.checks,
        bytes_done=row.bytes_done,
        lines_done=row.lines_done,
        accepted=row.accepted,
        batch_id=row.batch_id,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
