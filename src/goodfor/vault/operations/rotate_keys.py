"""Seal codes anew under the active key, while the shop sells."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.importing.sealing import code_aad
from goodfor.vault.types import RotationStep

#: Locked together for one statement, and not for sale for that moment: keep it short.
CHUNK = 50
_PICK = Statement("goodfor.vault", "sql/rotate_pick.sql")
_STORE = Statement("goodfor.vault", "sql/rotate_store.sql")


def rotate_keys(*, after: UUID | None = None, limit: int = CHUNK, now: datetime) -> RotationStep:  # noqa: ARG001
    """Re-encrypt up to `limit` codes with an id beyond `after` that are not under the active key.

    Go on with the returned `after` until it is None, then begin again until a whole pass finds nothing: codes that
    were locked by a sale are left for the next pass. Can stop anywhere. A key may be retired once
    `queries.keys_in_use()` no longer has it and no import that began before the rotation is still running.
    """
    ring = keyring()
    active = ring.active_key_id
    with platform_job("key rotation"):
        rows = _PICK.rows({"after": after or UUID(int=0), "active": active, "limit": limit})
        fresh = []
        for code_id, shop_id, sku_id, key_id, blob in rows:
            aad = code_aad(shop_id.bytes, sku_id.bytes, code_id.bytes)
            fresh.append(ring.seal(ring.open(Sealed(key_id, bytes(blob)), aad), aad))
        # The key may have been rotated again in between: each code is stored with the key that sealed it.
        for key in {sealed.key_id for sealed in fresh}:
            _store(key, [(row, sealed) for row, sealed in zip(rows, fresh, strict=True) if sealed.key_id == key])
    return RotationStep(len(rows), rows[-1][0] if len(rows) == limit else None)


@transaction.atomic
def _store(key: int, pairs: Sequence[tuple[tuple[Any, ...], Sealed]]) -> None:
    _STORE.run(
        {
            "active": key,
            "ids": [row[0] for row, _ in pairs],
            "olds": [row[3] for row, _ in pairs],
            "blobs": [sealed.blob for _, sealed in pairs],
        }
    )
