"""Write down that somebody of the staff looks at codes or takes something away: before it is judged, and after."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from goodfor.console.events import StolenCodeUsed
from goodfor.console.models import Look
from goodfor.kernel import audit
from goodfor.kernel.events import publish

#: So far back it is asked who had looked at a code that turned out to be stolen.
LOOKED_BACK: Final = timedelta(days=180)


def begin_look(
    *, shop_id: UUID, staff_id: UUID, kind: str, codes: int, unsold: int, now: datetime, code_id: UUID | None = None,
    batch_id: UUID | None = None, taken: UUID | None = None,
) -> UUID:  # fmt: skip
    """Committed before anybody decides, so that of many at once each sees the others."""
    row = Look.objects.create(
        shop_id=shop_id, staff_id=staff_id, kind=kind, codes=codes, unsold=unsold, at=now, code_id=code_id,
        batch_id=batch_id, taken=taken,
    )  # fmt: skip
    return row.id


def end_look(*, shop_id: UUID, look_id: UUID, decision_id: UUID) -> None:
    """It was shown, or taken."""
    Look.objects.filter(shop_id=shop_id, id=look_id).update(done=True, decision_id=decision_id)


@transaction.atomic
def note_stolen(
    *, shop_id: UUID, code_id: UUID, batch_id: UUID, sold_at: datetime | None, used_at: datetime, now: datetime
) -> list[UUID]:  # fmt: skip
    """A code was used by somebody before it was sold: who had looked at it, or taken its batch away, unsold.

    Decisions about these looks, newest first. The same code again changes nothing. Publishes StolenCodeUsed.
    """
    found = Look.objects.filter(
        Q(code_id=code_id) | Q(kind="export", code_id__isnull=True), shop_id=shop_id, batch_id=batch_id,
        unsold__gt=0, done=True, at__lt=min(used_at, sold_at or used_at), at__gt=used_at - LOOKED_BACK,
    )  # fmt: skip
    fresh = list(found.filter(redeemed_at__isnull=True).order_by("-at", "-id"))
    if not fresh:
        return []
    Look.objects.filter(shop_id=shop_id, id__in=[row.id for row in fresh]).update(redeemed_at=now)
    who = sorted({str(row.staff_id) for row in fresh})
    publish(
        shop_id=shop_id, event=StolenCodeUsed(code_id, batch_id, [UUID(one) for one in who], used_at), now=now,
        cause=("code", code_id),
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor="system", action="console.stolen_code_used", subject=("code", code_id),
        data={"looked": who, "used_at": used_at.isoformat()}, now=now,
    )  # fmt: skip
    return [row.decision_id for row in fresh if row.decision_id is not None]
