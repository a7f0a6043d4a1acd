"""Delete what a cancelled import had staged."""

from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.vault.errors import BatchBusy
from goodfor.vault.locks import lock_batch
from goodfor.vault.states import CANCELLED

CHUNK = 20_000
_CODES = Statement("goodfor.vault", "sql/purge_codes.sql")
_LOTS = Statement("goodfor.vault", "sql/purge_lots.sql")


@transaction.atomic
def purge_batch(*, shop_id: UUID, batch_id: UUID, limit: int = CHUNK) -> int:
    """Delete up to `limit` staged codes of a cancelled batch, its lots with the last of them; returns how many codes.

    Until then they count as held when the same codes are imported again. Raises BatchNotFound, BatchBusy.
    """
    if lock_batch(shop_id, batch_id).state != CANCELLED:
        raise BatchBusy(batch_id=str(batch_id))
    deleted = _CODES.run({"shop_id": shop_id, "batch_id": batch_id, "limit": limit})
    _LOTS.run({"shop_id": shop_id, "batch_id": batch_id})
    return deleted
