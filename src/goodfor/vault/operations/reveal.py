"""Open codes for the one who bought them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.sql import Statement
from goodfor.vault.importing.sealing import code_aad, split_plaintext
from goodfor.vault.types import RevealedCode

_REVEAL = Statement("goodfor.vault", "sql/reveal.sql")


@transaction.atomic(savepoint=False)
def reveal(*, shop_id: UUID, holder_id: UUID, code_ids: Sequence[UUID] | None, now: datetime) -> list[RevealedCode]:
    """Decrypt the sold codes of a holder (all, or those of `code_ids` that are its), in the order of the file.

    The caller has proved who is asking, and writes down each reveal in the same transaction. Waits for a refund or a
    key rotation of the same codes. Raises DecryptFailed.
    """
    ring = keyring()
    rows = _REVEAL.rows(
        {
            "shop_id": shop_id,
            "holder_id": holder_id,
            "code_ids": None if code_ids is None else list(code_ids),
            "now": now,
        }
    )
    revealed = []
    for code_id, sku_id, key_id, blob, expires_at in rows:
        text = ring.open(Sealed(key_id, bytes(blob)), code_aad(shop_id.bytes, sku_id.bytes, code_id.bytes))
        number, secret = split_plaintext(text)
        revealed.append(RevealedCode(code_id, number, secret, expires_at))
    return revealed
