"""Look where members stand by what they did: one at once when he does something, all of them in the night."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.loyalty import tier_store
from goodfor.loyalty import tiers as rules
from goodfor.loyalty.tier_types import Step, TierRun

#: Members that one transaction holds.
AT_ONCE: Final = 5_000
SYSTEM: Final = "system"


def judge_members(*, shop_id: UUID, after: UUID | None = None, now: datetime, limit: int = AT_ONCE) -> TierRun:
    """One step of a run, behind the member `after`; `last` None: there are no more. Repeated, it changes nothing."""
    told = tier_store.latest(shop_id)
    if told is None:
        return TierRun()
    number, tiers = told
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    with transaction.atomic():
        found = tier_store.counted(shop_id, tiers, zone, now, after=after, limit=limit)
        steps = [
            (one, step)
            for one in found
            if (step := rules.step(tiers, one.standing, one.amount, one.kept_amount, now, zone)) is not None
        ]
        tier_store.move(shop_id, number, steps, why="", actor=SYSTEM, now=now)
    return TierRun(len(found), len(steps), found[-1].owner if len(found) == limit else None)


def judge_member(*, shop_id: UUID, owner: UUID, now: datetime) -> Step | None:
    """One of them, in the caller's transaction; what changed."""
    told = tier_store.latest(shop_id)
    if told is None:
        return None
    number, tiers = told
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    for one in tier_store.counted(shop_id, tiers, zone, now, only=owner):
        step = rules.step(tiers, one.standing, one.amount, one.kept_amount, now, zone)
        if step is not None:
            tier_store.move(shop_id, number, [(one, step)], why="", actor=SYSTEM, now=now)
            return step
    return None
