"""Where a member stands by what he has done. Pure.

Up at once, by as many steps as he has earned; down only when a tier has ended, one step at a time, and never while he
has enough to keep it or time left in its grace. What a person granted, or a card paid for, holds until its end,
whatever was done; what is earned beyond it counts.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.tier_types import (
    CALENDAR,
    DOWN,
    EARNED,
    KEPT,
    METRICS,
    UP,
    WINDOWS,
    Standing,
    Step,
    Tier,
    TierSet,
)

MOST_TIERS: Final = 12
#: Batches of coupons that a tier gives every month.
MOST_COUPONS: Final = 5
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "qualify": (0, 10**12), "keep": (0, 10**12), "points_bp": (0, 100_000), "monthly_points": (0, 10**7),
    "birthday_points": (0, 10**7), "anniversary_points": (0, 10**7), "claim_hours": (0, 720), "extra_picks": (0, 50),
}  # fmt: skip


def checked(tiers: TierSet) -> TierSet:
    """The same. Raises InvalidPoints with the field: `tiers.2.keep`."""
    if not 1 <= len(tiers.tiers) <= MOST_TIERS:
        raise InvalidPoints(_("等级数量须在 1 到 12 之间"), field="tiers")
    if tiers.metric not in METRICS or tiers.window not in WINDOWS:
        raise InvalidPoints(field="metric")
    if not (1 <= tiers.valid_days <= 3660 and 0 <= tiers.grace_days <= 365):
        raise InvalidPoints(_("数值超出范围"), field="valid_days")
    for number, tier in enumerate(tiers.tiers):
        if not tier.name.strip() or len(tier.name) > 20 or len(tier.words) > 300:
            raise InvalidPoints(_("请填写等级名称，最多 20 个字"), field=f"tiers.{number}.name")
        if len(tier.coupons) > MOST_COUPONS or len(set(tier.coupons)) < len(tier.coupons):
            raise InvalidPoints(_("每月最多送 5 种券"), field=f"tiers.{number}.coupons")
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(tier, name) <= most:
                raise InvalidPoints(_("数值超出范围"), field=f"tiers.{number}.{name}")
        below = tiers.tiers[number - 1] if number else None
        if below is None and (tier.qualify or tier.keep):
            raise InvalidPoints(_("最低等级不设门槛"), field="tiers.0.qualify")
        if below is not None and tier.qualify <= below.qualify:
            raise InvalidPoints(_("高一级的门槛须更高"), field=f"tiers.{number}.qualify")
        if tier.keep > tier.qualify:
            raise InvalidPoints(_("保级门槛不高于升级门槛"), field=f"tiers.{number}.keep")
    return tiers


def to_json(tiers: TierSet) -> dict[str, Any]:
    """As it is stored."""
    return {**asdict(tiers), "tiers": [{**asdict(one), "coupons": list(one.coupons)} for one in tiers.tiers]}


def from_json(stored: Mapping[str, Any]) -> TierSet:
    """As it was written."""
    tiers = tuple(Tier(**{**one, "coupons": tuple(one.get("coupons", ()))}) for one in stored["tiers"])
    return TierSet(**{**stored, "tiers": tiers})


def rank_for(tiers: TierSet, amount: int) -> int:
    """The highest tier that so much leads to."""
    return max(number for number, tier in enumerate(tiers.tiers) if amount >= tier.qualify)


def ends_at(tiers: TierSet, now: datetime, zone: ZoneInfo) -> datetime:
    """Until when a tier lasts that begins now: so many days, or to the end of the next year."""
    if tiers.window == CALENDAR:
        return datetime(now.astimezone(zone).year + 2, 1, 1, tzinfo=zone)
    return now + timedelta(days=tiers.valid_days)


def window_began(tiers: TierSet, now: datetime, zone: ZoneInfo) -> datetime:
    """From when on what was done counts. Early in a year the year before still does, for keeping: it has just ended."""
    if tiers.window == CALENDAR:
        return datetime(now.astimezone(zone).year, 1, 1, tzinfo=zone)
    return now - timedelta(days=365)


def step(
    tiers: TierSet, standing: Standing, amount: int, kept_amount: int, now: datetime, zone: ZoneInfo
) -> Step | None:
    """What becomes of a member; None: he stays. `kept_amount`: what he did in the period that his tier ends with.

    Repeated at the same moment it answers None: a change sets the end anew.
    """
    rank = min(standing.rank, len(tiers.tiers) - 1)
    earned = rank_for(tiers, amount)
    if earned > rank:
        return Step(UP, standing, Standing(earned, now, ends_at(tiers, now, zone)))
    if standing.until is None or standing.until > now:
        return None if rank == standing.rank else Step(DOWN, standing, replace(standing, rank=rank))
    if max(amount, kept_amount) >= tiers.tiers[rank].keep and standing.source == EARNED:
        return Step(KEPT, standing, Standing(rank, standing.since, ends_at(tiers, now, zone)))
    if standing.source == EARNED and standing.until + timedelta(days=tiers.grace_days) > now:
        return None
    lower = max(rank - 1, earned) if standing.source == EARNED else earned
    return Step(DOWN, standing, Standing(lower, now, ends_at(tiers, now, zone) if lower else None))
