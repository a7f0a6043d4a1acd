"""Rows as the types that others see."""

from goodfor.vault.models import Batch
from goodfor.vault.types import BatchView, Counts


def batch_view(row: Batch) -> BatchView:
    """A batch row as its public type."""
    return BatchView(
        id=row.id,
        sku_id=row.sku_id,
        filename=row.filename,
        state=row.state,
        size_bytes=row.size_bytes,
        bytes_done=row.bytes_done,
        lines_done=row.lines_done,
        counts=Counts(row.accepted, row.duplicate_in_file, row.duplicate_held, row.rejected),
        unit_cost_minor=row.unit_cost_minor,
        currency=row.currency,
        note=row.note,
        created_at=row.created_at,
        activated_at=row.activated_at,
        created_by=row.created_by,
    )
