"""Take what is to be told to a shop's members, in the transaction that tells it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.loyalty.models import Notice
from goodfor.loyalty.notice_types import NoticeView

#: News that nobody could be told for so long is none any more.
STALE: Final = timedelta(days=3)
_TAKE: Final = Statement("goodfor.loyalty", "sql/take_notices.sql")


@transaction.atomic(savepoint=False)
def take_notices(*, shop_id: UUID, now: datetime, limit: int) -> list[NoticeView]:
    """The oldest ones, which nobody else tells from now on."""
    return [NoticeView(*row) for row in _TAKE.rows({"shop_id": shop_id, "now": now, "limit": limit})]


@transaction.atomic(savepoint=False)
def drop_stale_notices(*, shop_id: UUID, now: datetime, older: timedelta = STALE) -> int:
    """What is older is not told any more; how many."""
    return Notice.objects.filter(shop_id=shop_id, told_at__isnull=True, at__lte=now - older).update(told_at=now)
