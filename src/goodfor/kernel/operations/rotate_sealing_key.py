"""Seal with a new key from now on."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.errors import KeyJustRotated
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.tenancy import platform_job

#: Two at once, or a second click, make one key.
PAUSE = timedelta(minutes=15)


def rotate_sealing_key(*, shop_id: UUID, actor: str, now: datetime) -> int:
    """Make a new sealing key and return its id; the worker seals everything anew under it, a batch at a time.

    The key ring is the whole installation's; `shop_id` is where the trail notes who asked. Raises KeyJustRotated.
    """
    with transaction.atomic():
        advisory_xact_lock(("loop", "kernel.rotate_sealing_key"))
        with platform_job("key rotation"), connection.cursor() as cursor:
            cursor.execute("SELECT count(*), max(created_at) FROM kernel_data_key WHERE purpose = 'seal'")
            count, latest = cursor.fetchone()
        # The first key is made by the first sealing and is no rotation.
        if count > 1 and now < latest + PAUSE:
            raise KeyJustRotated
        key_id = keyring().rotate()
        audit.record(
            shop_id=shop_id, actor=actor, action="kernel.key_rotated", subject=("sealing_key", str(key_id)), data={},
            now=now,
        )  # fmt: skip
    return key_id
