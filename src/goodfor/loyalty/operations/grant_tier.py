"""Give somebody a tier until an instant: a person of the staff with a reason, or a card that was paid for."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.loyalty import tier_store
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.tier_types import GIVEN, GRANTED, SOURCES, Standing, Step


@transaction.atomic(savepoint=False)
def grant_tier(
    *, shop_id: UUID, owner: UUID, rank: int, until: datetime, reason: str, source: str = GRANTED, actor: str,
    now: datetime,
) -> Step:  # fmt: skip
    """It holds until then, whatever he did; what he earns beyond it counts.

    Raises InvalidPoints (no such tier, no reason, an end that is past).
    """
    told = tier_store.latest(shop_id)
    if told is None or not 0 < rank < len(told[1].tiers):
        raise InvalidPoints(_("没有这个等级"), field="rank")
    if not reason.strip():
        raise InvalidPoints(_("请写明原因"), field="reason")
    if until <= now or source not in SOURCES:
        raise InvalidPoints(_("到期时间须在以后"), field="until")
    number, tiers = told
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    tier_store.JOIN.run({"shop_id": shop_id, "owner": owner, "now": now})
    [one] = tier_store.counted(shop_id, tiers, zone, now, only=owner)
    step = Step(GIVEN, one.standing, Standing(rank, now, until, source))
    tier_store.move(shop_id, number, [(one, step)], why=reason.strip(), actor=actor, now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="loyalty.tier_granted", subject=("loyalty_member", owner),
        data={"rank": rank, "until": until.isoformat(), "reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip
    return step
