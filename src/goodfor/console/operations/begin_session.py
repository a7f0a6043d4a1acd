"""Somebody came in."""

from datetime import datetime
from uuid import UUID

from goodfor.console.models import Session
from goodfor.kernel.ids import uuid7


def begin_session(*, user_id: int, method: str, address: str, agent: str, now: datetime) -> UUID:
    """Write the session down; its id goes into the browser's session. `method`: link, password or passkey."""
    row = Session.objects.create(
        id=uuid7(),
        user_id=user_id,
        method=method,
        address=address[:45],
        agent=agent[:200],
        created_at=now,
        last_seen_at=now,
    )
    return row.id
