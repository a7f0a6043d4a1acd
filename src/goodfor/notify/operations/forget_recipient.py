"""Erase a person's address, and what was said to it, from the send log."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.notify import states
from goodfor.notify.addresses import normal
from goodfor.notify.mapping import recipient_index
from goodfor.notify.models import Message


def forget_recipient(*, shop_id: UUID, channel: str, address: str, actor: str, now: datetime) -> int:
    """How many ended messages were stripped of address, hint and words; open ones are sent first, forget again then."""
    known = normal(channel, address)
    if known is None:
        return 0
    with transaction.atomic(savepoint=False):
        rows = Message.objects.filter(
            shop_id=shop_id,
            recipient_index=recipient_index(channel, known),
            state__in=sorted(states.ENDED),
            recipient_blob__isnull=False,
        )
        count = rows.update(
            recipient_key_id=None, recipient_blob=None, recipient_hint="", content_key_id=None, content_blob=None
        )
        if count:
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="notify.recipient_forgotten",
                subject=("notify.channel", channel),
                data={"messages": count},
                now=now,
            )
    return count
