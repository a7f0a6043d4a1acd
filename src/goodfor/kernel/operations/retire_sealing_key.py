"""Delete a sealing key that nothing needs any more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit, sealed


def retire_sealing_key(*, shop_id: UUID, key_id: int, actor: str, now: datetime) -> None:
    """See `sealed.retire`; this also notes who asked. Raises KeyUnknown, KeyInUse."""
    with transaction.atomic():
        sealed.retire(key_id=key_id, now=now)
        audit.record(
            shop_id=shop_id, actor=actor, action="kernel.key_retired", subject=("sealing_key", str(key_id)), data={},
            now=now,
        )  # fmt: skip
