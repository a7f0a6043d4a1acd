"""A door that asks everybody for a challenge asks no more: somebody says that it is no attack."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.expressions import Value
from django.db.models.functions import Greatest

from goodfor.kernel import audit
from goodfor.risk.door_models import DoorBreaker
from goodfor.risk.doors.table import DOORS
from goodfor.risk.errors import BadUnlock, NotLocked

LONGEST: Final = 200


@transaction.atomic
def close_breaker(*, shop_id: UUID, door: str, scope: int, reason: str, actor: str, now: datetime) -> None:
    """It opens again as soon as somebody goes on guessing, and then for longer. Raises BadUnlock (no reason),
    NotLocked."""
    reason = reason.strip()[:LONGEST]
    if not reason:
        raise BadUnlock(field="reason")
    if door not in DOORS:
        raise NotLocked
    found = DoorBreaker.objects.filter(shop_id=shop_id, door=DOORS[door].number, scope=scope, open_until__gt=now)
    batch = found.values_list("batch", flat=True).first()
    # It was open for a moment at least, else it never was.
    least = F("opened_at") + timedelta(milliseconds=1)
    if batch is None or not found.update(open_until=Greatest(Value(now), least)):
        raise NotLocked
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_breaker_closed", subject=("risk_door", door),
        data={"batch": batch, "reason": reason}, now=now,
    )  # fmt: skip
