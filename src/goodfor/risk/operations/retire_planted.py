"""A planted code raises no alarm any more; it stays on record."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.risk.door_events import BaitRetired
from goodfor.risk.door_models import Canary, Honeypot
from goodfor.risk.errors import NotPlanted


@transaction.atomic
def retire_honeypot(*, shop_id: UUID, honeypot_id: UUID, actor: str, now: datetime) -> None:
    """For good. Raises NotPlanted: there is none of this shop, or it was retired already."""
    retired = Honeypot.objects.filter(shop_id=shop_id, id=honeypot_id, retired_at__isnull=True).update(
        retired_at=now, retired_by=actor[:80]
    )
    _note(shop_id, "honeypot", honeypot_id, retired, actor, now)


@transaction.atomic
def retire_canary(*, shop_id: UUID, canary_id: UUID, actor: str, now: datetime) -> None:
    """For good. Raises NotPlanted: there is none of this shop, or it was retired already."""
    retired = Canary.objects.filter(shop_id=shop_id, id=canary_id, retired_at__isnull=True).update(
        retired_at=now, retired_by=actor[:80]
    )
    _note(shop_id, "canary", canary_id, retired, actor, now)


def _note(shop_id: UUID, what: str, planted_id: UUID, retired: int, actor: str, now: datetime) -> None:
    if not retired:
        raise NotPlanted
    audit.record(
        shop_id=shop_id, actor=actor, action=f"risk.{what}_retired", subject=(what, planted_id), data={}, now=now
    )
    publish(
        shop_id=shop_id, event=BaitRetired(planted_id, what, actor[:80]), now=now, cause=(f"risk.{what}", planted_id)
    )
