"""Plan and announce the next periods of a shop, and let pauses begin: one statement each."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import uuid7_batch
from goodfor.kernel.sql import Statement
from goodfor.subscriptions.schedule import ANNOUNCED, SLACK

_RENEWING: Final = Statement("goodfor.subscriptions", "sql/renewing.sql")
_RENEW: Final = Statement("goodfor.subscriptions", "sql/renew.sql")
_PAUSES: Final = Statement("goodfor.subscriptions", "sql/pauses.sql")
CHUNK: Final = 5_000


def renew_due(*, shop_id: UUID, now: datetime) -> int:
    """How many were announced. None is charged sooner than five days after it was told."""
    until = now + ANNOUNCED + SLACK
    waiting = _RENEWING.row({"shop_id": shop_id, "until": until, "most": CHUNK})
    if not waiting or not waiting[0]:
        return 0
    with transaction.atomic():
        row = _RENEW.row(
            {
                "shop_id": shop_id, "now": now, "until": until, "soonest": now + ANNOUNCED,
                "zone": identity.shop_by_id(shop_id).timezone, "ids": uuid7_batch(waiting[0]), "most": waiting[0],
            }
        )  # fmt: skip
        reach("subscriptions.renewing")
    return int(row[0]) if row else 0


def begin_pauses(*, shop_id: UUID, now: datetime) -> int:
    """What is paid is over, and the next period begins later; how many."""
    with transaction.atomic():
        row = _PAUSES.row({"shop_id": shop_id, "now": now, "most": CHUNK})
    return int(row[0]) if row else 0
