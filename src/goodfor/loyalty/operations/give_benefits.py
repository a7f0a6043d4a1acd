"""What tiers give by themselves: points every month, around a birthday, and on having joined some years ago.

Each once, whoever is killed when. Who stands on a tier by orders that have all gone back has none of it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.ids import uuid7, uuid7_batch
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty import accounts, kinds, programme, tier_store
from goodfor.loyalty import terms as reckoning
from goodfor.loyalty.tier_types import Tier, TierRun
from goodfor.loyalty.types import NO_SCOPE

AT_ONCE: Final = 5_000
MONTHLY, BIRTHDAY, ANNIVERSARY = "monthly", "birthday", "anniversary"
#: Days before and after a birthday on which its present comes.
AROUND: Final = 7
#: A member for less long gets none: accounts made for a present are not worth their making.
MEMBER_FOR: Final = timedelta(days=30)
_MEMBERS_ON: Final = Statement("goodfor.loyalty", "sql/members_on.sql")
_ANNIVERSARIES: Final = Statement("goodfor.loyalty", "sql/anniversaries.sql")
_RANKS_OF: Final = Statement("goodfor.loyalty", "sql/ranks_of.sql")
_NOTE: Final = Statement("goodfor.loyalty", "sql/note_benefits.sql")
_OPEN: Final = Statement("goodfor.loyalty", "sql/open_wallets.sql")
_LOCK: Final = Statement("goodfor.loyalty", "sql/lock_wallets.sql")
_GIVE: Final = Statement("goodfor.loyalty", "sql/give_many.sql")


def give_monthly(*, shop_id: UUID, after: UUID | None = None, now: datetime, limit: int = AT_ONCE) -> TierRun:
    """One step of a month's run, behind the member `after`; `last` None: there are no more."""
    tiers = _tiers(shop_id)
    ranks = [rank for rank, tier in enumerate(tiers) if tier.monthly_points]
    if not ranks:
        return TierRun()
    shop = identity.shop_by_id(shop_id)
    period = f"{now.astimezone(ZoneInfo(shop.timezone)):%Y-%m}"
    with transaction.atomic():
        rows = _MEMBERS_ON.rows({"shop_id": shop_id, "ranks": ranks, "after": after, "limit": limit})
        units = {owner: (rank, tiers[rank].monthly_points) for owner, rank, due in rows if due}
        given = _give(shop_id, MONTHLY, period, units, shop.currency, now)
    return TierRun(len(rows), given, rows[-1][0] if len(rows) == limit else None)


def give_birthdays(*, shop_id: UUID, after: UUID | None = None, now: datetime, limit: int = AT_ONCE) -> TierRun:
    """One step over those whose birthday is at most a week away, before or after; once a year each."""
    tiers = _tiers(shop_id)
    if not any(tier.birthday_points for tier in tiers):
        return TierRun()
    shop = identity.shop_by_id(shop_id)
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    years = _around(today)
    given = 0
    with transaction.atomic():
        found = identity.birthdays(shop_id, sorted(years), after=after, limit=limit)
        born = dict(found)
        rows = _RANKS_OF.rows({"shop_id": shop_id, "owners": list(born), "before": now - MEMBER_FOR})
        for year in sorted(set(years.values())):
            units = {
                owner: (rank, tiers[min(rank, len(tiers) - 1)].birthday_points)
                for owner, rank in rows
                if years[born[owner]] == year and tiers[min(rank, len(tiers) - 1)].birthday_points
            }
            given += _give(shop_id, BIRTHDAY, str(year), units, shop.currency, now)
    return TierRun(len(found), given, found[-1][0] if len(found) == limit else None)


def give_anniversaries(*, shop_id: UUID, after: UUID | None = None, now: datetime, limit: int = AT_ONCE) -> TierRun:
    """One step over the members, behind `after`: who joined so many whole years ago, today or within the week before.

    When somebody joined never changes; who has bought nothing in the last year that he kept gets none.
    """
    tiers = _tiers(shop_id)
    ranks = [rank for rank, tier in enumerate(tiers) if tier.anniversary_points]
    if not ranks:
        return TierRun()
    shop = identity.shop_by_id(shop_id)
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    given = 0
    with transaction.atomic():
        rows = _ANNIVERSARIES.rows(
            {
                "shop_id": shop_id, "ranks": ranks, "after": after, "limit": limit, "today": today, "within": AROUND,
                "zone": shop.timezone, "now": now,
            }
        )  # fmt: skip
        looked, last = rows[0][3], rows[0][4]
        for year in sorted({row[2] for row in rows if row[2] is not None}):
            units = {row[0]: (row[1], tiers[row[1]].anniversary_points) for row in rows if row[2] == year}
            given += _give(shop_id, ANNIVERSARY, str(year), units, shop.currency, now)
    return TierRun(looked, given, last if looked == limit else None)


def _around(today: date) -> dict[int, int]:
    """Month and day (1231) of each day of the window -> the year of that birthday."""
    days = [today + timedelta(days=n) for n in range(-AROUND, AROUND + 1)]
    years = {day.month * 100 + day.day: day.year for day in days}
    # Who was born on a leap day is given something in other years, too.
    return {**years, **({229: years[228]} if 228 in years else {})}


def _tiers(shop_id: UUID) -> Sequence[Tier]:
    told = tier_store.latest(shop_id)
    return told[1].tiers if told else ()


def _give(
    shop_id: UUID, kind: str, period: str, units: Mapping[UUID, tuple[int, int]], currency: str, now: datetime
) -> int:
    """Points to those who had nothing of this kind for the period; how many they were."""
    if not units:
        return 0
    owners = list(units)
    fresh: dict[UUID, int] = dict(
        _NOTE.rows(
            {
                "shop_id": shop_id, "kind": kind, "period": period, "now": now, "owners": owners,
                "ranks": [units[one][0] for one in owners], "units": [units[one][1] for one in owners],
            }
        )
    )  # fmt: skip
    if not fresh:
        return 0
    named = {"shop_id": shop_id, "kind": kinds.POINTS, "scope": NO_SCOPE, "owners": list(fresh)}
    _OPEN.run(named)
    wallets = _LOCK.rows(named)
    terms = programme.terms_at(shop_id, now)
    shop = identity.shop_by_id(shop_id)
    given = [fresh[owner] for _id, owner, _debt in wallets]
    owed = [min(debt, many) for (_id, _owner, debt), many in zip(wallets, given, strict=True)]
    minors = [reckoning.worth(terms, many) for many in given]
    entry_minors = [
        minor * (many - meets) // many for minor, many, meets in zip(minors, given, owed, strict=True)
    ]  # fmt: skip
    _GIVE.run(
        {
            "shop_id": shop_id, "ids": uuid7_batch(len(wallets)), "wallets": [row[0] for row in wallets],
            "units": given, "owed": owed, "minors": minors, "entry_minors": entry_minors, "source_kind": kind,
            "source_id": period, "now": now,
            "expires_at": reckoning.ends_at(terms.live_months, now, ZoneInfo(shop.timezone)),
        }
    )  # fmt: skip
    entry = accounts.presents_entry(run_id=uuid7(), kind=kinds.POINTS, minor=sum(entry_minors), now=now)
    if entry is not None:
        ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
    return len(wallets)
