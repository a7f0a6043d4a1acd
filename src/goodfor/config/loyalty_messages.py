"""News of points and tiers, told to the members whom it is for: wiring, as in `messages.py`.

By a loop of their own, not by events: at the end of a month a million people may be due at once, and news of orders
does not wait behind them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.utils.translation import override

from goodfor.config.telling import account
from goodfor.identity import queries as identity
from goodfor.kernel.loops import loop
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.take_notices import drop_stale_notices, take_notices
from goodfor.loyalty.types import ENDING, FALLING, FELL, GIFT_OF_DAY, ROSE, NoticeView, TierSet
from goodfor.notify import queries as notify
from goodfor.notify.operations.send import send
from goodfor.notify.types import BUYER

#: Nobody is woken for it: from this hour until before that one, by the shop's clock.
DAYTIME: Final = range(8, 22)
AT_ONCE: Final = 100
#: Where a member sees all of it, as stored messages link to it.
POINTS, MEMBER = "/me/points", "/me"
SCENES: Final = {
    ENDING: "points_ending", FALLING: "tier_falling", ROSE: "tier_rose", FELL: "tier_fell", GIFT_OF_DAY: "member_gift",
}  # fmt: skip
_LIFETIME: Final = timedelta(days=3)
_BLINK: Final = timedelta(microseconds=1)
log = structlog.get_logger(__name__)


@loop(name="config.loyalty_messages", seconds=10.0)
def tell_members(now: datetime) -> int:
    """Some of the news of each shop; how many it was. A shop without channels tells nobody."""
    with platform_job("news of points and tiers in all shops"):
        shops = loyalty.shops_with_news(now)
    done = 0
    for shop_id, hour in shops:
        try:
            if not notify.speaks(shop_id):
                drop_stale_notices(shop_id=shop_id, now=now, older=timedelta())
                continue
            drop_stale_notices(shop_id=shop_id, now=now)
            done += _tell_some(shop_id, now) if hour in DAYTIME else 0
        except Exception as error:
            # One shop's trouble is not another's.
            log.error("loyalty_messages_failed", shop_id=str(shop_id), error=type(error).__name__)
    return done


def _tell_some(shop_id: UUID, now: datetime) -> int:
    tiers = loyalty.tiers_of(shop_id)
    with transaction.atomic():
        found = take_notices(shop_id=shop_id, now=now, limit=AT_ONCE)
        for one in found:
            _tell(shop_id, one, tiers, now)
    return len(found)


def _tell(shop_id: UUID, one: NoticeView, tiers: TierSet | None, now: datetime) -> None:
    """Whoever switched it off, or is gone, is told nothing; nor what is over."""
    who = account(shop_id, one.owner)
    if who is None or (one.ends_at is not None and one.ends_at <= now):
        return
    recipients, language = who
    with override("en" if language == "en" else "zh-hans"):
        context = _CONTEXTS[one.kind](shop_id, one, tiers, now)
    if context is None:
        return
    send(
        shop_id=shop_id, scene=SCENES[one.kind], audience=BUYER, subject=f"member:{one.owner}:{one.kind}:{one.key}",
        recipients=recipients, context=context, language=language, now=now,
        consents={
            said.channel: said.granted for said in identity.consents_of(shop_id, one.owner) if said.purpose == "member"
        },
        expires_at=min(now + _LIFETIME, one.ends_at) if one.ends_at else None,
    )  # fmt: skip


def _ending(shop_id: UUID, one: NoticeView, _tiers: TierSet | None, now: datetime) -> dict[str, Any]:
    worth = loyalty.worth_of(shop_id, one.units, now)
    currency = identity.shop_by_id(shop_id).currency
    points = {
        "units": f"{one.units:,}", "last": _last_day(shop_id, one), "worth": Money(worth, currency) if worth else "",
        "url": POINTS,
    }  # fmt: skip
    return {"points": points}


def _tier(shop_id: UUID, one: NoticeView, tiers: TierSet | None, now: datetime) -> dict[str, Any] | None:
    """None: it is not so any more, or the shop has other tiers since."""
    view = loyalty.member(shop_id, one.owner, now)
    if tiers is None or view is None or max(one.from_rank, one.to_rank) >= len(tiers.tiers):
        return None
    falling = one.kind == FALLING
    if view.standing.rank != (one.from_rank if falling else one.to_rank):
        return None
    missing = one.units if falling else view.to_next if one.kind == FELL else 0
    currency = identity.shop_by_id(shop_id).currency
    other = one.to_rank if falling else min(one.to_rank + 1, len(tiers.tiers) - 1)
    return {
        "tier": {
            "name": view.tier.name,
            "other": tiers.tiers[other].name,
            "missing": loyalty.counted(tiers.metric, missing, currency) if missing else "",
            "until": _last_day(shop_id, one) if one.ends_at else "",
            "perks": loyalty.listed(loyalty.perks_of(view.tier)),
            "url": MEMBER,
        }
    }


def _gift(_shop_id: UUID, one: NoticeView, _tiers: TierSet | None, _now: datetime) -> dict[str, Any]:
    birthday = "1" if one.key.startswith("birthday:") else ""
    return {"gift": {"birthday": birthday, "units": f"{one.units:,}", "url": POINTS}}


def _last_day(shop_id: UUID, one: NoticeView) -> str:
    assert one.ends_at is not None
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    return f"{(one.ends_at - _BLINK).astimezone(zone):%Y-%m-%d}"


_CONTEXTS: Final[dict[str, Callable[[UUID, NoticeView, TierSet | None, datetime], dict[str, Any] | None]]] = {
    ENDING: _ending, FALLING: _tier, ROSE: _tier, FELL: _tier, GIFT_OF_DAY: _gift,
}  # fmt: skip
