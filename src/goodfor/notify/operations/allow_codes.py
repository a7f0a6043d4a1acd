"""Say whether codes of a SKU may stand in messages. Unless said, they may not."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.notify.models import CodePermission


def allow_codes(*, shop_id: UUID, sku_id: UUID, allowed: bool, actor: str, now: datetime) -> None:
    """From now on, for messages not yet queued. Saying the same twice changes nothing but the audit trail."""
    with transaction.atomic(savepoint=False):
        if allowed:
            row = CodePermission(id=uuid7(), shop_id=shop_id, sku_id=sku_id, allowed_at=now, allowed_by=actor[:80])
            CodePermission.objects.bulk_create([row], ignore_conflicts=True)
        else:
            CodePermission.objects.filter(shop_id=shop_id, sku_id=sku_id).delete()
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="notify.codes_in_messages",
            subject=("catalog.sku", sku_id),
            data={"allowed": allowed},
            now=now,
        )
