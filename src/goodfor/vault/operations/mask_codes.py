"""Show so much of codes that a supplier recognises them, and nobody can use them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.sql import Statement
from goodfor.vault.importing.sealing import code_aad, split_plaintext
from goodfor.vault.parsing.fields import mask

_SEALED = Statement("goodfor.vault", "sql/sealed_codes.sql")


@transaction.atomic(savepoint=False)
def mask_codes(*, shop_id: UUID, code_ids: Sequence[UUID], reason: str, actor: str, now: datetime) -> dict[UUID, str]:
    """Two characters at each end of number (where there is one) or secret; that they were read is written down."""
    rows = _SEALED.rows({"shop_id": shop_id, "code_ids": list(code_ids)}) if code_ids else []
    if not rows:
        return {}
    audit.record(
        shop_id=shop_id, actor=actor, action="vault.codes_masked", subject=("shop", shop_id),
        data={"count": len(rows), "reason": reason[:200]}, now=now,
    )  # fmt: skip
    ring = keyring()
    masked = {}
    for code_id, sku_id, key_id, blob in rows:
        text = ring.open(Sealed(key_id, bytes(blob)), code_aad(shop_id.bytes, sku_id.bytes, code_id.bytes))
        number, secret = split_plaintext(text)
        masked[code_id] = mask(number or secret)
    return masked
