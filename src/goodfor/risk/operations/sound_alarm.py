"""Open the breaker of a door, and say so."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.risk.door_events import DoorUnderAttack
from goodfor.risk.doors.types import Door

_ALARM = Statement("goodfor.risk", "sql/door_alarm.sql")


@transaction.atomic
def sound_alarm(
    *, shop_id: UUID, door: Door, scope: int, batch: str, why: str, misses: int, now: datetime
) -> bool:  # fmt: skip
    """Everybody but known devices is asked for a challenge from now on, or for longer; True: it was not so before.

    Of many at once one opens it and publishes DoorUnderAttack; while it is open long enough nothing is written.
    """
    row = _ALARM.row(
        {
            "shop_id": shop_id,
            "door": door.number,
            "scope": scope,
            "batch": batch[:64],
            "why": why,
            "misses": misses,
            "stays": door.breaker.stays,
            "now": now,
        }
    )
    if row is None or not row[0]:
        return False
    publish(
        shop_id=shop_id, event=DoorUnderAttack(door.name, batch[:64], row[3], misses, row[2]), now=now
    )  # fmt: skip
    return True
