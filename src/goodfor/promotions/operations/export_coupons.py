"""The codes of a batch leave once: one person asks, another one lets them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.sql import Statement
from goodfor.promotions import states
from goodfor.promotions.coupon_codes import opened, readable
from goodfor.promotions.coupon_models import Batch
from goodfor.promotions.errors import BatchExported, BatchNotFound, SecondPersonNeeded
from goodfor.promotions.operations.campaign_steps import alone, must_be_able

_LOCK: Final = Statement("goodfor.promotions", "sql/lock_batch.sql")
_PAGE: Final = Statement("goodfor.promotions", "sql/codes_page.sql")
_PAGE_SIZE: Final = 10_000


@transaction.atomic
def ask_export(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> bool:
    """Ask that the codes may leave; true where nobody else can be asked, so that they may at once.

    Raises BatchNotFound, BatchExported (they left, or have no codes of their own), Forbidden.
    """
    must_be_able(shop_id, actor)
    row = _held(shop_id, batch_id)
    by_oneself = alone(shop_id, actor)
    _put(
        row,
        {"asked_by": actor[:80], "asked_at": now, "allowed_by": actor[:80] if by_oneself else "", "alone": by_oneself},
    )
    _note(row, "asked", actor, now)
    return by_oneself


@transaction.atomic
def allow_export(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> None:
    """A second person lets them leave. Raises BatchNotFound, BatchExported, SecondPersonNeeded, Forbidden."""
    must_be_able(shop_id, actor)
    row = _held(shop_id, batch_id)
    if not row.asked_by:
        raise BatchExported
    if actor == row.asked_by:
        raise SecondPersonNeeded
    _put(row, {"allowed_by": actor[:80], "alone": False})
    _note(row, "allowed", actor, now)


def export_codes(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> Iterator[str]:
    """The codes, once, for who asked: what does not arrive is gone, and is replaced by another batch.

    Marked as left before the first one is given. Raises BatchNotFound, BatchExported (also: not allowed yet),
    Forbidden.
    """
    must_be_able(shop_id, actor)
    with transaction.atomic():
        row = _held(shop_id, batch_id)
        if not row.allowed_by or actor != row.asked_by:
            raise BatchExported
        _put(row, {"exported_at": now})
        _note(row, "exported", actor, now)
    return _codes(shop_id, batch_id)


def _codes(shop_id: UUID, batch_id: UUID) -> Iterator[str]:
    ring, after = keyring(), UUID(int=0)
    while rows := _PAGE.rows({"shop_id": shop_id, "batch_id": batch_id, "after": after, "most": _PAGE_SIZE}):
        for coupon_id, key_id, blob in rows:
            yield readable(opened(ring, coupon_id, key_id, blob))
        after = rows[-1][0]


def _held(shop_id: UUID, batch_id: UUID) -> Batch:
    if _LOCK.row({"shop_id": shop_id, "id": batch_id}) is None:
        raise BatchNotFound
    row = Batch.objects.get(shop_id=shop_id, id=batch_id)
    if row.kind != states.UNIQUE or row.state != states.MADE or row.exported_at is not None:
        raise BatchExported
    return row


def _put(row: Batch, values: dict[str, object]) -> None:
    Batch.objects.filter(shop_id=row.shop_id, id=row.id).update(**values)


def _note(row: Batch, what: str, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id, actor=actor, action=f"promotions_codes_{what}", subject=("promotions_batch", row.id),
        data={"wanted": row.wanted}, now=now,
    )  # fmt: skip
