"""Somebody of the staff puts a wallet right, and says why."""

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity import queries as identity
from goodfor.identity.types import refund_limits
from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty import kinds, moving, programme, terms
from goodfor.loyalty.errors import GivenEnough, InvalidPoints
from goodfor.loyalty.locks import lock_hand
from goodfor.loyalty.moving import Lives
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Move, Source

#: How actors of the staff are named.
STAFF: Final = "staff:"
_GIVEN: Final = Statement("goodfor.loyalty", "sql/given_by_hand.sql")


@transaction.atomic(savepoint=False)
def adjust_units(
    *, shop_id: UUID, holder: Holder, units: int, request: str, reason: str, actor: str, currency: str, minor: int = 0,
    expires_at: datetime | None = None, now: datetime,
) -> Move:  # fmt: skip
    """More (`units` > 0, worth `minor`) or less, all or nothing. `request`: the same again changes nothing.

    What one person of the staff gives by hand in a day is bound as what they refund in a day is: by the same line.
    Raises InvalidPoints (no reason, no units), NotEnoughPoints, MoveDiffers, GivenEnough.
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
    if units > 0 and actor.startswith(STAFF):
        _hold_to_day(shop_id, actor, now)
    audit.record(
        shop_id=shop_id, actor=actor, action="loyalty.adjusted", subject=("loyalty_entry", moved.move.entry_id),
        data={"owner": str(holder.owner), "kind": holder.kind, "units": units, "reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip
    if moved.entries:
        ledger.post(shop_id=shop_id, currency=currency, entries=moved.entries, now=now)
    return moved.move


def _hold_to_day(shop_id: UUID, actor: str, now: datetime) -> None:
    """What all that this person has given today, with this, buys is within the shop's line for a person's day, whether
    or not the books owe anything for it. Raises GivenEnough.
    """
    shop = identity.shop_by_id(shop_id)
    bound = refund_limits(shop.settings).daily
    if bound is None:
        return
    lock_hand(shop_id, actor)
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    begins = datetime.combine(today, time(), ZoneInfo(shop.timezone))
    given: dict[str, int] = dict(
        _GIVEN.rows({"shop_id": shop_id, "actor": actor[:80], "since": begins, "until": begins + timedelta(days=1)})
    )
    points = terms.buys(programme.terms_at(shop_id, now), given.pop(kinds.POINTS, 0))
    # Units of the other kinds that are worth something buy a minor unit each.
    if points + sum(units for kind, units in given.items() if kinds.KINDS[kind].valued) > bound:
        raise GivenEnough(limit_minor=bound, currency=shop.currency)
