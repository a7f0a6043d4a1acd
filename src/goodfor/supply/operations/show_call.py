"""Show what was said in a call to a supplier; who looked is written down before it is shown."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.supply.errors import CallNotFound
from goodfor.supply.purchase_models import Call


@dataclass(frozen=True, slots=True)
class Shown:
    """A call as it was kept: secrets and codes are masked, but a buyer's account may stand in it."""

    id: UUID
    supplier_id: UUID
    attempt_id: UUID | None
    what: str
    method: str
    url: str = field(repr=False)
    request: str = field(repr=False)
    status: int
    reply: str = field(repr=False)
    problem: str
    milliseconds: int
    at: datetime


@transaction.atomic(savepoint=False)
def show_call(*, shop_id: UUID, call_id: UUID, actor: str, now: datetime) -> Shown:
    """Raises CallNotFound, for one that was thrown away after a month too."""
    row = Call.objects.filter(shop_id=shop_id, id=call_id).first()
    if row is None:
        raise CallNotFound
    about = ("supply.attempt", row.attempt_id) if row.attempt_id else ("supply.supplier", row.supplier_id)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.call_seen",
        subject=about,
        data={"call": str(row.id), "what": row.what},
        now=now,
    )
    return Shown(**{name: getattr(row, name) for name in Shown.__slots__})
