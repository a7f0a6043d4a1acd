"""Sign out, here or everywhere."""

from datetime import datetime
from uuid import UUID

from goodfor.console.models import Session


def end_sessions(*, user_id: int, only: UUID | None = None, keep: UUID | None = None, now: datetime) -> int:
    """End one session of a person, or all, or all but one; how many were open."""
    rows = Session.objects.filter(user_id=user_id, ended_at__isnull=True)
    if only is not None:
        rows = rows.filter(id=only)
    if keep is not None:
        rows = rows.exclude(id=keep)
    return rows.update(ended_at=now)
