"""Hand the unsold codes of a batch out in the open: the gravest of all readings, so it is written down first."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.sql import Statement
from goodfor.vault.desk import batches_by_ids
from goodfor.vault.errors import BatchBusy, BatchChanged, NothingToDo
from goodfor.vault.importing.sealing import code_aad, split_plaintext
from goodfor.vault.importing.spans import id_span
from goodfor.vault.locks import lock_batch
from goodfor.vault.operations.quarantine_lots import quarantine_lots
from goodfor.vault.queries import planted_in_batch
from goodfor.vault.states import ACTIVE
from goodfor.vault.types import RevealedCode

PAGE = 500
_PAGE = Statement("goodfor.vault", "sql/unsold_page.sql")


def export_codes(
    *, shop_id: UUID, batch_id: UUID, reason: str, actor: str, now: datetime, take_off_sale: bool = True,
    most: int | None = None,
) -> Iterator[list[RevealedCode]]:  # fmt: skip
    """The unsold codes of a batch in pages, in the order of the file; how many is in the audit trail before the first.

    With `take_off_sale` the batch is quarantined first, so that nothing that was handed out is sold as well.
    What comes back into the batch while it is read is not given. The caller has proved who is asking.
    Raises BatchNotFound, BatchBusy, NothingToDo, BatchChanged (more than `most`); DecryptFailed while reading.
    """
    with transaction.atomic():
        if lock_batch(shop_id, batch_id).state != ACTIVE:
            raise BatchBusy(batch_id=str(batch_id))
        if take_off_sale:
            quarantine_lots(shop_id=shop_id, batch_id=batch_id, reason=reason, actor=actor, now=now)
        (found,) = batches_by_ids(shop_id, [batch_id])
        if not found.left:
            raise NothingToDo(batch_id=str(batch_id))
        count = found.left + planted_in_batch(shop_id, batch_id)
        if most is not None and count > most:
            raise BatchChanged(batch_id=str(batch_id))
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="vault.codes_exported",
            subject=("batch", batch_id),
            data={"count": count, "reason": reason[:200], "off_sale": take_off_sale},
            now=now,
        )
    return _pages(shop_id, batch_id, count)


def _pages(shop_id: UUID, batch_id: UUID, left: int) -> Iterator[list[RevealedCode]]:
    """`left`: how many were written down. Somebody who reads slowly must not get what is let out meanwhile."""
    after, last = id_span(batch_id)
    ring = keyring()
    while left > 0:
        span = {"shop_id": shop_id, "batch_id": batch_id, "after": after, "last_id": last, "limit": min(PAGE, left)}
        rows = _PAGE.rows(span)
        if not rows:
            return
        left -= len(rows)
        page = []
        for code_id, sku_id, key_id, blob, expires_at in rows:
            text = ring.open(Sealed(key_id, bytes(blob)), code_aad(shop_id.bytes, sku_id.bytes, code_id.bytes))
            page.append(RevealedCode(code_id, *split_plaintext(text), expires_at))
        after = rows[-1][0]
        yield page
