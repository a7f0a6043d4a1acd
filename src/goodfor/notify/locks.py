"""Every row lock of notify outside of sql/: one message at a time, with a lock timeout."""

from uuid import UUID

from django.db import connection

from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.notify.errors import MessageNotFound
from goodfor.notify.models import Message


def lock_message(shop_id: UUID, message_id: UUID) -> Message:
    """Lock one message. Raises MessageNotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    row = Message.objects.select_for_update().filter(shop_id=shop_id, id=message_id).first()
    if row is None:
        raise MessageNotFound
    return row
