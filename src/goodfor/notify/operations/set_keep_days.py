"""Say how long the send log is kept."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.notify.errors import KeepDaysInvalid
from goodfor.notify.models import Setting
from goodfor.notify.settings_of_shop import KEEP_LEAST, KEEP_MOST


def set_keep_days(*, shop_id: UUID, days: int, actor: str, now: datetime) -> None:
    """From the next clean-up on. Raises KeepDaysInvalid."""
    if not KEEP_LEAST <= days <= KEEP_MOST:
        raise KeepDaysInvalid(least=KEEP_LEAST, most=KEEP_MOST)
    with transaction.atomic(savepoint=False):
        Setting.objects.bulk_create(
            [Setting(shop_id=shop_id, keep_days=days, changed_at=now)],
            update_conflicts=True,
            unique_fields=["shop_id"],
            update_fields=["keep_days", "changed_at"],
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="notify.keep_days_set",
            subject=("notify.setting", shop_id),
            data={"days": days},
            now=now,
        )
