"""Seal codes anew under the active key, while the shop sells."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sealed import Step, reseal_rows
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.importing.sealing import code_aad

#: Locked together for one statement, and not for sale for that moment: keep it short.
CHUNK = 50
_PICK = Statement("goodfor.vault", "sql/rotate_pick.sql")
_STORE = Statement("goodfor.vault", "sql/rotate_store.sql")


def rotate_keys(*, after: UUID | None = None, limit: int = CHUNK, now: datetime) -> Step:  # noqa: ARG001
    """Re-encrypt up to `limit` codes with an id beyond `after` that are not under the active key.

    Go on with the returned `after` until it is None, then begin again until a whole pass finds nothing: codes that
    were locked by a sale are left for the next pass. Can stop anywhere. The kernel's loop does this for all rooms.
    """
    with platform_job("key rotation"):
        return reseal_rows(_PICK, _STORE, _aad, after=after, limit=limit)


def _aad(code_id: UUID, shop_id: UUID, sku_id: UUID) -> bytes:
    return code_aad(shop_id.bytes, sku_id.bytes, code_id.bytes)
