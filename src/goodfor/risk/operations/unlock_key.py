"""Let in again whoever a door has locked out."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.risk.door_models import DoorKey
from goodfor.risk.doors.table import DOORS
from goodfor.risk.doors.types import By
from goodfor.risk.errors import BadUnlock, NotLocked, SecondPersonNeeded

LONGEST: Final = 200


@transaction.atomic
def unlock_key(
    *, shop_id: UUID, door: str, by: By, key: int, reason: str, actor: str, now: datetime,
    own: Collection[tuple[By, int]] = (),
) -> None:  # fmt: skip
    """The key begins anew: errors and earlier lock-outs are forgotten. `own`: the keys of who asks, who would guess on.

    Raises BadUnlock (no reason), NotLocked, SecondPersonNeeded (one's own).
    """
    reason = reason.strip()[:LONGEST]
    if not reason:
        raise BadUnlock(field="reason")
    if door not in DOORS:
        raise NotLocked
    if (by, key) in own:
        raise SecondPersonNeeded
    locked = DoorKey.objects.filter(shop_id=shop_id, door=DOORS[door].number, kind=int(by), key=key, open_at__gt=now)
    if not locked.update(open_at=None, level=0, busy_until=None):
        raise NotLocked
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_door_unlocked", subject=("risk_door", door),
        data={"by": by.name.lower(), "key": str(key), "reason": reason}, now=now,
    )  # fmt: skip
