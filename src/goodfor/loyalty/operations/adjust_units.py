"""Somebody of the staff puts a wallet right, and says why."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.ledger import operations as ledger
from goodfor.loyalty import kinds, moving
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.moving import Lives
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Move, Source


@transaction.atomic(savepoint=False)
def adjust_units(
    *, shop_id: UUID, holder: Holder, units: int, request: str, reason: str, actor: str, currency: str, minor: int = 0,
    expires_at: datetime | None = None, now: datetime,
) -> Move:  # fmt: skip
    """More (`units` > 0, worth `minor`) or less, all or nothing. `request`: the same again changes nothing.

    Raises InvalidPoints (no reason, no units), NotEnoughPoints, MoveDiffers.
    """
    if not reason.strip():
        raise InvalidPoints(_("请写明原因"), field="reason")
    why = Why(Source("staff", request), kinds.PRESENT, reason.strip(), actor, None, now)
    if units >= 0:
        moved = moving.give(shop_id, holder, units, Lives(minor, None, expires_at), why, kind=kinds.ADJUST)
    else:
        moved = moving.take(shop_id, holder, -units, why, kind=kinds.ADJUST, pending_too=True)
    if moved.move.again:
        return moved.move
    audit.record(
        shop_id=shop_id, actor=actor, action="loyalty.adjusted", subject=("loyalty_entry", moved.move.entry_id),
        data={"owner": str(holder.owner), "kind": holder.kind, "units": units, "reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip
    if moved.entries:
        ledger.post(shop_id=shop_id, currency=currency, entries=moved.entries, now=now)
    return moved.move
