"""Codes that a supplier delivered: into the vault, for the holder that they were bought for or for the shelf."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import DatabaseError, transaction
from psycopg import errors as pg

from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7, uuid7_batch
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.vault.importing.context import FINGERPRINT
from goodfor.vault.importing.known import known_duplicates
from goodfor.vault.importing.sealing import code_aad, fingerprint_text, lot_id, plaintext
from goodfor.vault.states import ACTIVE, BATCH_MACHINE, LOT_MACHINE, OPEN, STAGED, STAGING
from goodfor.vault.types import IncomingCode, Received

_RECEIVE: Final = Statement("goodfor.vault", "sql/receive.sql")
ATTEMPTS: Final = 3


def receive_codes(
    *,
    shop_id: UUID,
    sku_id: UUID,
    codes: Sequence[IncomingCode],
    holder_id: UUID | None,
    until: datetime | None,
    cost_minor: int,
    currency: str,
    source: str,
    actor: str,
    now: datetime,
) -> Received:
    """Seal and store what the shop never held, in the caller's transaction; the places of the others come back.

    With a holder the codes are reserved for it until `until`, on top of what it has; without they are free. The cost of
    all is spread over what was kept, to the fen. Nothing is stored where none is new. `source` says where they came
    from and is unique: the same again raises IntegrityError.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                kept, doubles = _new(shop_id, codes)
                ids: Sequence[UUID] = ()
                if kept:
                    ids = _store(shop_id, sku_id, [codes[place] for place in kept], holder_id, until, cost_minor,
                                 currency, source, actor, now)  # fmt: skip
                return Received(tuple(kept), tuple(doubles), tuple(ids))
        except DatabaseError as error:
            # Somebody else stored one of them at the same moment: look again.
            if not isinstance(error.__cause__, pg.UniqueViolation) or attempt == ATTEMPTS or not _of_code(error):
                raise
    raise AssertionError("unreachable")


def _of_code(error: DatabaseError) -> bool:
    return "vault_code_once" in str(error)


def _mark(shop_id: UUID, code: IncomingCode) -> bytes:
    text = fingerprint_text(shop_id.bytes, code.number.encode(), code.secret.encode())
    return keyring().blind_index(FINGERPRINT, text)


def _new(shop_id: UUID, codes: Sequence[IncomingCode]) -> tuple[list[int], list[int]]:
    """Places of codes that are new, and of those that the shop held before or that came twice in this very set."""
    marks = [_mark(shop_id, code) for code in codes]
    known = known_duplicates(shop_id, b"".join(marks))
    seen: set[bytes] = set()
    kept: list[int] = []
    doubles: list[int] = []
    for place, mark in enumerate(marks):
        (doubles if mark in known or mark in seen else kept).append(place)
        seen.add(mark)
    return kept, doubles


def _store(
    shop_id: UUID, sku_id: UUID, codes: Sequence[IncomingCode], holder_id: UUID | None, until: datetime | None,
    cost_minor: int, currency: str, source: str, actor: str, now: datetime,
) -> Sequence[UUID]:  # fmt: skip
    """The ids of the codes, in their order."""
    batch_id, ids, ring = uuid7(), uuid7_batch(len(codes)), keyring()
    share, rest = divmod(cost_minor, len(codes))
    lots: dict[UUID, tuple[datetime | None, int, int]] = {}
    code_lots, blobs, key_id = [], [], ring.active_key_id
    for place, (code_id, code) in enumerate(zip(ids, codes, strict=True)):
        cost = share + (1 if place < rest else 0)
        lot = UUID(bytes=lot_id(batch_id.bytes, code.expires_at, cost))
        lots[lot] = (code.expires_at, cost, lots.get(lot, (None, 0, 0))[2] + 1)
        sealed = ring.seal(
            plaintext(code.number.encode(), code.secret.encode()), code_aad(shop_id.bytes, sku_id.bytes, code_id.bytes)
        )
        if sealed.key_id != key_id:
            # Rotated between two codes: one statement, one key.
            raise RuntimeError("the sealing key was rotated meanwhile")
        code_lots.append(lot)
        blobs.append(sealed.blob)
    _RECEIVE.run(
        {
            "batch_id": batch_id, "shop_id": shop_id, "sku_id": sku_id, "source": source[:255],
            "digest": hashlib.sha256(source.encode()).digest(), "unit_cost_minor": share, "currency": currency,
            "actor": actor[:80], "count": len(codes), "lot_ids": list(lots),
            "expiries": [lot[0] for lot in lots.values()], "costs": [lot[1] for lot in lots.values()],
            "loads": [lot[2] for lot in lots.values()], "ids": ids, "code_lots": code_lots, "key_id": key_id,
            "fingerprints": [_mark(shop_id, code) for code in codes], "blobs": blobs, "holder_id": holder_id,
            "until": until if holder_id else None, "now": now,
        }
    )  # fmt: skip
    for machine, subject, moves in (
        (BATCH_MACHINE, batch_id, [(None, STAGING), (STAGING, ACTIVE)]),
        *((LOT_MACHINE, lot, [(None, STAGED), (STAGED, OPEN)]) for lot in lots),
    ):
        record_history(
            shop_id=shop_id, machine=machine, subject_id=subject, moves=moves, actor=actor, cause="supply", now=now
        )
    return ids
