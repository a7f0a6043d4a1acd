"""Tell somebody once more, because they ask for it: what failed is retried, what was sent goes out again."""

import json
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.notify import states
from goodfor.notify.errors import NotRetryable, TooManyResends
from goodfor.notify.locks import lock_message
from goodfor.notify.mapping import content_of, message_view, recipient_of, sealed_part
from goodfor.notify.models import Message, Notice
from goodfor.notify.operations.retry_message import retry_message
from goodfor.notify.types import MessageView

AGAIN: Final = ":again:"
#: So often within an hour may one thing be told again, whoever asks.
MOST: Final = 3
HOUR: Final = timedelta(hours=1)
ANOTHER: Final = timedelta(days=1)


@transaction.atomic(savepoint=False)
def resend_message(*, shop_id: UUID, message_id: UUID, actor: str, now: datetime) -> MessageView:
    """The same words to the same address. A secret message kept none, so one with card codes is never sent again.

    Raises MessageNotFound, NotRetryable (open, secret, or erased), TooManyResends.
    """
    row = lock_message(shop_id, message_id)
    check_resends(shop_id=shop_id, subject=row.subject, now=now)
    if row.state in (states.FAILED, states.LOST):
        return retry_message(shop_id=shop_id, message_id=message_id, actor=actor, now=now)
    if row.state not in (states.SENT, states.EXPIRED) or row.secret or row.content_blob is None:
        raise NotRetryable(state=row.state)
    if row.recipient_blob is None:
        raise NotRetryable(state=row.state)
    copy = _copy(row, now)
    record_history(
        shop_id=shop_id,
        machine=states.MESSAGE,
        subject_id=copy.id,
        moves=[(None, states.QUEUED)],
        actor=actor,
        cause="resent",
        now=now,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="notify.message_resent",
        subject=("notify.message", copy.id),
        data={"of": str(message_id), "scene": row.scene, "channel": row.channel},
        now=now,
    )
    return message_view(copy)


def check_resends(*, shop_id: UUID, subject: str, now: datetime) -> None:
    """In the caller's transaction: wait for whoever tells the same again now. Raises TooManyResends."""
    root = subject.partition(AGAIN)[0]
    advisory_xact_lock(("resend", shop_id, root))
    recent = Message.objects.filter(shop_id=shop_id, subject__startswith=root + AGAIN, created_at__gt=now - HOUR)
    if recent.count() >= MOST:
        raise TooManyResends(retry_after=int(HOUR.total_seconds()))


def again(subject: str) -> str:
    """A business key of its own for the same thing told again."""
    return f"{subject.partition(AGAIN)[0]}{AGAIN}{uuid7().hex}"


def _copy(row: Message, now: datetime) -> Message:
    address, name = recipient_of(row)
    content = content_of(row)
    assert content is not None
    subject, notice_id, message_id = again(row.subject), uuid7(), uuid7()
    Notice.objects.create(
        id=notice_id,
        shop_id=row.shop_id,
        scene=row.scene,
        subject=subject,
        audience=row.audience,
        channel=row.channel,
        created_at=now,
    )
    return Message.objects.create(
        id=message_id,
        shop_id=row.shop_id,
        notice_id=notice_id,
        scene=row.scene,
        subject=subject,
        about_id=row.about_id,
        audience=row.audience,
        channel=row.channel,
        language=row.language,
        template_version=row.template_version,
        secret=False,
        recipient_index=row.recipient_index,
        recipient_hint=row.recipient_hint,
        next_try_at=now,
        expires_at=now + ANOTHER,
        created_at=now,
        **sealed_part(row.shop_id, message_id, "recipient", json.dumps([address, name]).encode()),
        **sealed_part(row.shop_id, message_id, "content", content.packed()),
    )
