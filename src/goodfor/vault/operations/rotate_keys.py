"""Seal codes anew under the active key, while the shop sells."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.importing.sealing import code_aad
from goodfor.vault.types import RotationStep

CHUNK = 500
_PICK = Statement("goodfor.vault", "sql/rotate_pick.sql")
_STORE = Statement("goodfor.vault", "sql/rotate_store.sql")


@transaction.atomic
def rotate_keys(*, after: UUID | None = None, limit: int = CHUNK, now: datetime) -> RotationStep:  # noqa: ARG001
    """Re-encrypt up to `limit` codes with an id beyond `after` that are not under the active key.

    Go on with the returned `after` until it is None, then begin again until a whole pass rewrites nothing: codes that
    were locked by a sale are left for the next pass. Can stop anywhere. A key may be retired once
    `queries.keys_in_use()` no longer has it and no import that began before the rotation is still running.
    """
    ring = keyring()
    active = ring.active_key_id
    with platform_job("key rotation"):
        rows = _PICK.rows({"after": after or UUID(int=0), "active": active, "limit": limit})
        blobs = []
        for code_id, shop_id, sku_id, key_id, blob in rows:
            aad = code_aad(shop_id.bytes, sku_id.bytes, code_id.bytes)
            sealed = ring.seal(ring.open(Sealed(key_id, bytes(blob)), aad), aad)
            blobs.append(sealed)
        if rows:
            # The key may have been rotated again in between: each row is stored with the key that sealed it.
            for key in {sealed.key_id for sealed in blobs}:
                pairs = [(row[0], sealed.blob) for row, sealed in zip(rows, blobs, strict=True) if sealed.key_id == key]
                _STORE.run({"active": key, "ids": [pair[0] for pair in pairs], "blobs": [pair[1] for pair in pairs]})
    return RotationStep(len(rows), rows[-1][0] if len(rows) == limit else None)
