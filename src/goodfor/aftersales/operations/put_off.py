"""A step of a case failed for no reason that it knows: it is tried again later, and holds up no other."""

from datetime import datetime, timedelta
from uuid import UUID

from goodfor.aftersales.models import Case

LATER = timedelta(minutes=1)


def put_off(*, shop_id: UUID, case_id: UUID, now: datetime) -> None:
    """Its next step is due in a minute, if one is due now."""
    Case.objects.filter(shop_id=shop_id, id=case_id, next_at__lte=now).update(next_at=now + LATER)
