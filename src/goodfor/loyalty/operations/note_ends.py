"""Write down whom to tell that points end, or that a tier does: 30, 7 and 1 days ahead, each once."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.sql import Statement
from goodfor.loyalty import tier_store
from goodfor.loyalty.models import Lot, Member
from goodfor.loyalty.notice_types import AHEAD
from goodfor.loyalty.tier_types import CALENDAR, TierRun

#: Members that one statement goes through; nothing of them is read here.
AT_ONCE: Final = 20_000
#: A run that did not take place is made up for within so many days; of the last day there is no later.
SLACK: Final = {30: 2, 7: 2, 1: 0}
_ENDING: Final = Statement("goodfor.loyalty", "sql/note_ending.sql")
_FALLING: Final = Statement("goodfor.loyalty", "sql/note_falling.sql")
Span = tuple[int, datetime, datetime]


def note_ending(*, shop_id: UUID, after: UUID | None = None, now: datetime, limit: int = AT_ONCE) -> TierRun:
    """One step over those who hold points, behind the member `after`; `last` None: there are no more."""
    lots = Lot.objects.filter(shop_id=shop_id, remaining__gt=0)
    return _step(
        _ENDING, shop_id, after, limit, now, {},
        lambda begins, ends: lots.filter(expires_at__gt=begins, expires_at__lte=ends).exists(),
    )  # fmt: skip


def note_falling(*, shop_id: UUID, after: UUID | None = None, now: datetime, limit: int = AT_ONCE) -> TierRun:
    """One step over the members, behind `after`: whose tier ends and is not kept."""
    told = tier_store.latest(shop_id)
    if told is None:
        return TierRun()
    tiers = told[1].tiers
    more = {
        "metric": told[1].metric, "keeps": [one.keep for one in tiers], "qualifies": [one.qualify for one in tiers],
        "calendar": told[1].window == CALENDAR,
    }  # fmt: skip
    members = Member.objects.filter(shop_id=shop_id)
    return _step(
        _FALLING, shop_id, after, limit, now, more,
        lambda begins, ends: members.filter(until__gt=begins, until__lte=ends).exists(),
    )  # fmt: skip


def _step(
    statement: Statement, shop_id: UUID, after: UUID | None, limit: int, now: datetime, more: dict[str, Any],
    anything: Callable[[datetime, datetime], bool],
) -> TierRun:  # fmt: skip
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    # On most days nothing ends: one look by the index instead of one at each member.
    spans = [one for one in _spans(now, zone) if anything(one[1], one[2])]
    if not spans:
        return TierRun()
    marks, begins, ends = zip(*spans, strict=True)
    with transaction.atomic():
        row = statement.row(
            {
                "shop_id": shop_id, "after": after, "limit": limit, "now": now, "zone": zone.key,
                "marks": list(marks), "begins": list(begins), "ends": list(ends), **more,
            }
        )  # fmt: skip
    assert row is not None
    looked, noted, last = row
    return TierRun(looked, noted, last if looked == limit else None)


def _spans(now: datetime, zone: ZoneInfo) -> list[Span]:
    """For each of the days ahead: from after which instant and until which one the last day is that one."""
    today = now.astimezone(zone).date()
    found = []
    for days in AHEAD:
        first, last = (today + timedelta(days=days - SLACK[days]), today + timedelta(days=days + 1))
        found.append((days, datetime.combine(first, time(), zone), datetime.combine(last, time(), zone)))
    return found
