"""Forget the push subscription a message went to: it is gone. Runs in the caller's transaction."""

from uuid import UUID

from goodfor.kernel.crypto import DecryptFailed
from goodfor.notify.mapping import recipient_of
from goodfor.notify.models import Message, PushSubscription


def drop_push(*, shop_id: UUID, row: Message) -> bool:
    """True when there was one."""
    try:
        address, _ = recipient_of(row)
    except DecryptFailed:
        return False
    gone, _ = PushSubscription.objects.filter(shop_id=shop_id, id=UUID(address)).delete()
    return bool(gone)
