"""The codes of a batch leave once, for the printer: one person asks, another one lets them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.cards import states
from goodfor.cards.codes import opened
from goodfor.cards.errors import CodesGone, SecondPersonNeeded
from goodfor.cards.locks import lock_batch
from goodfor.cards.models import Batch
from goodfor.cards.operations.steps import alone, must_be_able
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.sql import Statement
from goodfor.risk.doors.codes import shown

_PAGE: Final = Statement("goodfor.cards", "sql/codes_page.sql")
_PAGE_SIZE: Final = 10_000


@transaction.atomic(savepoint=False)
def ask_export(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> bool:
    """Ask that the codes may leave; true where nobody else can be asked, so that they may at once.

    Raises BatchNotFound, CodesGone, Forbidden.
    """
    must_be_able(shop_id, actor)
    row = _held(shop_id, batch_id)
    by_oneself = alone(shop_id, actor)
    row.asked_by, row.asked_at, row.alone = actor[:80], now, by_oneself
    row.allowed_by = actor[:80] if by_oneself else ""
    _put(row, "asked", actor, now)
    return by_oneself


@transaction.atomic(savepoint=False)
def allow_export(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> None:
    """A second person lets them leave. Raises BatchNotFound, CodesGone, SecondPersonNeeded, Forbidden."""
    must_be_able(shop_id, actor)
    row = _held(shop_id, batch_id)
    if not row.asked_by:
        raise CodesGone
    if actor == row.asked_by:
        raise SecondPersonNeeded
    row.allowed_by, row.alone = actor[:80], False
    _put(row, "allowed", actor, now)


def export_codes(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> Iterator[tuple[int, str]]:
    """Serial and code as printed, once, for who asked: what does not arrive is gone, and is replaced by another batch.

    Marked as left before the first one is given. Raises BatchNotFound, CodesGone (also: not allowed yet), Forbidden.
    """
    must_be_able(shop_id, actor)
    with transaction.atomic():
        row = _held(shop_id, batch_id)
        if not row.allowed_by or actor != row.asked_by:
            raise CodesGone
        row.exported_at = now
        _put(row, "exported", actor, now)
    return _codes(shop_id, row.first_serial, row.first_serial + row.size - 1)


def _codes(shop_id: UUID, first: int, last: int) -> Iterator[tuple[int, str]]:
    ring, after = keyring(), first - 1
    while rows := _PAGE.rows({"shop_id": shop_id, "after": after, "last": last, "most": _PAGE_SIZE}):
        for serial, card_id, key_id, blob in rows:
            yield serial, shown(opened(ring, card_id, key_id, blob))
        after = rows[-1][0]


def _held(shop_id: UUID, batch_id: UUID) -> Batch:
    row = lock_batch(shop_id, batch_id)
    if row.state != states.READY or row.exported_at is not None:
        raise CodesGone
    return row


def _put(row: Batch, what: str, actor: str, now: datetime) -> None:
    row.save(update_fields=["asked_by", "asked_at", "allowed_by", "alone", "exported_at"])
    audit.record(
        shop_id=row.shop_id, actor=actor, action=f"cards_codes_{what}", subject=("cards_batch", row.id),
        data={"size": row.size}, now=now,
    )  # fmt: skip
