"""Ask for a list as a file."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.console import states
from goodfor.console.models import Export
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7

KEPT = timedelta(days=7)


def start_export(
    *,
    shop_id: UUID,
    staff_id: UUID,
    listing: str,
    query: str,
    columns: Sequence[str],
    file_format: str,
    locale: str,
    actor: str,
    now: datetime,
) -> UUID:
    """Note the wish; the worker writes the file and keeps it for seven days. `file_format`: xlsx or csv."""
    with transaction.atomic():
        row = Export.objects.create(
            id=uuid7(),
            shop_id=shop_id,
            staff_id=staff_id,
            listing=listing,
            query=query,
            columns=list(columns),
            locale=locale,
            format=file_format,
            state=states.EXPORT.initial,
            created_at=now,
            expires_at=now + KEPT,
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="console.export_asked",
            subject=("console.export", row.id),
            data={"listing": listing, "format": file_format, "columns": list(columns)},
            now=now,
        )
    return row.id
