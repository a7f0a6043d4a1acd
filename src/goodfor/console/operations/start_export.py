"""Ask for a list as a file."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.console import states, wishing
from goodfor.console.models import Export
from goodfor.console.operations.wish import wish
from goodfor.identity.types import StaffView
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
    state: str = states.WAITING,
) -> UUID:
    """Note what is wanted; the worker writes the file and keeps it for seven days. `file_format`: xlsx or csv."""
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
            state=state,
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


@transaction.atomic
def wish_export(
    *, shop_id: UUID, staff: StaffView, listing: str, query: str, columns: Sequence[str], file_format: str,
    locale: str, rows: int, reason: str, now: datetime,
) -> bool:  # fmt: skip
    """A list that takes two: written once another person agreed; True: there is nobody else, it opens by itself."""
    export_id = start_export(
        shop_id=shop_id, staff_id=staff.id, listing=listing, query=query, columns=columns, file_format=file_format,
        locale=locale, actor=staff.actor, now=now, state=states.ASKED,
    )  # fmt: skip
    asked = wish(
        shop_id=shop_id, staff=staff, kind=wishing.LIST, subject_id=export_id, rows=rows, reason=reason, now=now
    )
    if asked.alone:
        # Written at once, so that it holds what was asked for; nobody can fetch it before its time.
        Export.objects.filter(shop_id=shop_id, id=export_id).update(state=states.WAITING, expires_at=asked.open_until)
    return asked.alone
