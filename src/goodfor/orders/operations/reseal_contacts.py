"""Seal the contacts of orders anew under the active key."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sealed import Step, reseal_rows
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

CHUNK = 50
_PICK = Statement("goodfor.orders", "sql/reseal_pick.sql")
_STORE = Statement("goodfor.orders", "sql/reseal_store.sql")


def reseal_contacts(*, after: UUID | None = None, limit: int = CHUNK, now: datetime) -> Step:  # noqa: ARG001
    """Re-encrypt up to `limit` of them with an id beyond `after`; one that is changed meanwhile keeps the change.

    The kernel's loop calls it until a whole pass finds nothing. Can stop anywhere.
    """
    with platform_job("key rotation"):
        return reseal_rows(_PICK, _STORE, _aad, after=after, limit=limit)


def _aad(order_id: UUID) -> bytes:
    return order_id.bytes
