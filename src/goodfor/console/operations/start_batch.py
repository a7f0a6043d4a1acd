"""Begin one act on many rows, as it was confirmed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.console import states
from goodfor.console.errors import NothingSelected, TooManyRows
from goodfor.console.models import Batch, BatchItem
from goodfor.kernel import audit

#: More is better done in parts that somebody can look over.
MOST = 10_000


def start_batch(
    *,
    batch_id: UUID,
    shop_id: UUID,
    staff_id: UUID,
    listing: str,
    action: str,
    note: str,
    subject_ids: Sequence[UUID],
    actor: str,
    now: datetime,
    values: Mapping[str, Any] | None = None,
) -> UUID:
    """Fix which rows it is about; the worker does each once. The same `batch_id` again changes nothing.

    Raises NothingSelected, TooManyRows.
    """
    if not subject_ids:
        raise NothingSelected
    if len(subject_ids) > MOST:
        raise TooManyRows(limit=MOST)
    with transaction.atomic():
        made, new = Batch.objects.get_or_create(
            id=batch_id,
            shop_id=shop_id,
            defaults={
                "staff_id": staff_id,
                "listing": listing,
                "action": action,
                "params": {"note": note[:200], "actor": actor, "values": dict(values or {})},
                "state": states.BATCH.initial,
                "total": len(subject_ids),
                "created_at": now,
            },
        )
        if not new:
            return made.id
        BatchItem.objects.bulk_create(
            BatchItem(batch_id=batch_id, shop_id=shop_id, position=position, subject_id=subject_id)
            for position, subject_id in enumerate(subject_ids)
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="console.batch_started",
            subject=("console.batch", batch_id),
            data={
                "listing": listing,
                "action": action,
                "count": len(subject_ids),
                **({"values": dict(values)} if values else {}),
            },
            now=now,
        )
    return batch_id
