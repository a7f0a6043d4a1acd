"""Remind members of picks that they have not made, before the period ends."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.subscriptions import states
from goodfor.subscriptions.schedule import REMIND

_REMIND: Final = Statement("goodfor.subscriptions", "sql/remind.sql")
CHUNK: Final = 5_000


def remind(*, shop_id: UUID, now: datetime) -> int:
    """Those of a shop, each once for each number of days; how many. One that was missed is not told late."""
    done = 0
    for days, after in zip(REMIND, (*REMIND[1:], 0), strict=True):
        with transaction.atomic():
            row = _REMIND.row(
                {
                    "shop_id": shop_id, "now": now, "days": days, "until": now + timedelta(days=days),
                    "after": now + timedelta(days=after), "most": CHUNK, "nothing_left": list(states.NOTHING_LEFT),
                }
            )  # fmt: skip
        done += int(row[0]) if row else 0
    return done
