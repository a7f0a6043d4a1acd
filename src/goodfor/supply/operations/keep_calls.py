"""Keep what was said to a supplier and what it answered, masked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.kernel.tenancy import platform_job
from goodfor.supply.providers.wire import Exchange
from goodfor.supply.purchase_models import Call, Heard

KEPT: Final = timedelta(days=30)
_MOST: Final = 16_000


def keep_calls(
    *, shop_id: UUID, supplier_id: UUID, attempt_id: UUID | None, exchanges: Sequence[Exchange], now: datetime
) -> None:
    """One row an exchange."""
    Call.objects.bulk_create(
        Call(
            shop_id=shop_id, supplier_id=supplier_id, attempt_id=attempt_id, what=one.what[:20], method=one.method[:8],
            url=one.url[:1000], request=_stored(one.request), status=one.status, reply=_stored(one.reply),
            problem=one.problem[:32], milliseconds=one.milliseconds, at=now,
        )
        for one in exchanges
    )  # fmt: skip


def _stored(text: str) -> str:
    """PostgreSQL keeps no zero in a text."""
    return text[:_MOST].replace("\x00", "\\0")


def forget_calls(*, now: datetime) -> int:
    """Throw away what is older than a month; how many rows."""
    with platform_job("forget calls of suppliers"):
        old = Call.objects.filter(at__lt=now - KEPT)
        calls = Call.objects.filter(id__in=list(old.values_list("id", flat=True)[:2000])).delete()[0]
        return calls + Heard.objects.filter(at__lt=now - KEPT).delete()[0]
