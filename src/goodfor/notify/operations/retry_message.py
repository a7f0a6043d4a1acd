"""Send a failed message again, because a person mended what was wrong."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.notify import states
from goodfor.notify.errors import NotRetryable
from goodfor.notify.locks import lock_message
from goodfor.notify.mapping import message_view
from goodfor.notify.operations.move_message import move_message
from goodfor.notify.types import MessageView

ANOTHER: Final = timedelta(days=1)


@transaction.atomic(savepoint=False)
def retry_message(*, shop_id: UUID, message_id: UUID, actor: str, now: datetime) -> MessageView:
    """Queue it with fresh patience. Raises MessageNotFound, NotRetryable (not failed, or its words are gone)."""
    row = lock_message(shop_id, message_id)
    if row.state not in (states.FAILED, states.LOST) or row.secret or row.content_blob is None:
        raise NotRetryable(state=row.state)
    before = row.state
    move_message(
        row=row,
        to_state=states.QUEUED,
        cause="retried",
        actor=actor,
        attempts=0,
        asks=0,
        next_try_at=now,
        expires_at=max(row.expires_at, now + ANOTHER),
        now=now,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="notify.message_retried",
        subject=("notify.message", message_id),
        data={"from": before, "failure": row.failure},
        now=now,
    )
    row.refresh_from_db()
    return message_view(row)
