"""Start an import, or find where it stopped."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.statemachine import record_history
from goodfor.vault.errors import BatchBusy, BatchImported, BatchMismatch, InvalidBatch
from goodfor.vault.models import Batch
from goodfor.vault.states import ACTIVE, BATCH_MACHINE, CANCELLED, STAGING
from goodfor.vault.types import ImportOptions


def begin_batch(
    *,
    shop_id: UUID,
    sku_id: UUID,
    filename: str,
    sha256: bytes,
    size_bytes: int,
    layout: dict[str, Any],
    options: ImportOptions,
    actor: str,
    now: datetime,
) -> Batch:
    """The staging batch of this file for this SKU: a new one, or the one that an earlier run left.

    Raises BatchImported (it is on sale already), BatchMismatch (other settings than the earlier run), InvalidBatch.
    """
    if options.currency not in EXPONENTS or not 0 <= options.unit_cost_minor < 10**12:
        raise InvalidBatch(_("成本不能是负数，币种必须是支持的币种"))
    if options.expires_at is not None and options.expires_at <= now:
        raise InvalidBatch(_("有效期已过"))
    try:
        with transaction.atomic():
            found = _existing(shop_id, sku_id, sha256)
            if found is None:
                return _create(shop_id, sku_id, filename, sha256, size_bytes, layout, options, actor, now)
    except IntegrityError as error:
        # Another process has just begun the same file.
        raise BatchBusy from error
    if found.state == ACTIVE:
        raise BatchImported(batch_id=str(found.id))
    same = (
        found.unit_cost_minor == options.unit_cost_minor
        and found.currency == options.currency
        and found.expires_at == options.expires_at
        and found.use_first == options.use_first
        and found.layout == layout
    )
    if not same:
        raise BatchMismatch(batch_id=str(found.id))
    return found


def _existing(shop_id: UUID, sku_id: UUID, sha256: bytes) -> Batch | None:
    return Batch.objects.filter(shop_id=shop_id, sku_id=sku_id, file_sha256=sha256).exclude(state=CANCELLED).first()


def _create(
    shop_id: UUID,
    sku_id: UUID,
    filename: str,
    sha256: bytes,
    size_bytes: int,
    layout: dict[str, Any],
    options: ImportOptions,
    actor: str,
    now: datetime,
) -> Batch:
    batch = Batch.objects.create(
        shop_id=shop_id,
        sku_id=sku_id,
        filename=filename[:255].replace("\x00", ""),
        file_sha256=sha256,
        size_bytes=size_bytes,
        unit_cost_minor=options.unit_cost_minor,
        currency=options.currency,
        use_first=options.use_first,
        expires_at=options.expires_at,
        layout=layout,
        note=options.note[:500],
        created_by=actor[:80],
        created_at=now,
    )
    record_history(
        shop_id=shop_id,
        machine=BATCH_MACHINE,
        subject_id=batch.id,
        moves=[(None, STAGING)],
        actor=actor,
        cause="import",
        now=now,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="vault.import_begun",
        subject=("batch", batch.id),
        data={"filename": batch.filename, "size_bytes": size_bytes, "sku_id": str(sku_id)},
        now=now,
    )
    return batch
