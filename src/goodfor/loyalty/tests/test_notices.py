"""Who is to be told what: points and tiers that end 30, 7 and 1 days ahead, steps, presents; each once."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from goodfor.identity.buyer_models import Buyer
from goodfor.kernel.clock import utc_now
from goodfor.loyalty import tasks
from goodfor.loyalty.models import Member, Notice
from goodfor.loyalty.operations.earn_by_order import lose_by_order
from goodfor.loyalty.operations.forget_member import forget_member
from goodfor.loyalty.operations.give_benefits import give_birthdays
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.operations.judge_members import judge_members
from goodfor.loyalty.operations.note_ends import note_ending, note_falling
from goodfor.loyalty.operations.take_notices import drop_stale_notices, take_notices
from goodfor.loyalty.tests.test_runs import buys, shop_id, through
from goodfor.loyalty.types import Holder, Source

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
__all__ = ["shop_id"]


def noted(shop_id: UUID, kind: str) -> list[tuple[str, int]]:
    return list(Notice.objects.filter(shop_id=shop_id, kind=kind).order_by("owner", "key").values_list("key", "units"))


def given(shop_id: UUID, owner: UUID, units: int, ends: datetime, now: datetime) -> None:
    give_units(
        shop_id=shop_id, holder=Holder(owner), units=units, source=Source("test", str(uuid4())), currency="CNY",
        expires_at=ends, now=now,
    )  # fmt: skip


def test_points_that_end_are_told_three_times_a_day_each(shop_id: UUID) -> None:
    """One notice a member, day and mark, however many lots; a night that was missed is made up for."""
    now = datetime(2026, 5, 1, 12, tzinfo=SHANGHAI)
    last = datetime(2026, 6, 1, tzinfo=SHANGHAI)
    owner, other = sorted((uuid4(), uuid4()))
    given(shop_id, owner, 30, last, now)
    given(shop_id, owner, 12, last - timedelta(hours=5), now)
    given(shop_id, owner, 5, last + timedelta(days=100), now)
    given(shop_id, other, 7, last, now)
    assert through(note_ending, shop_id, now - timedelta(days=1), limit=1) == 0
    # The last day is the 31st of May: 30 days ahead is the 1st.
    assert through(note_ending, shop_id, now + timedelta(days=2), limit=1) == 2
    assert through(note_ending, shop_id, now, limit=1) == 0
    assert noted(shop_id, "ending") == [("2026-05-31:30", 42), ("2026-05-31:30", 7)]
    for day, found in ((20, 0), (22, 0), (24, 2), (25, 0), (29, 0), (30, 2), (31, 0)):
        assert through(note_ending, shop_id, now.replace(day=day), limit=1) == found, day
    assert {key for key, _units in noted(shop_id, "ending")} == {f"2026-05-31:{days}" for days in (30, 7, 1)}
    forget_member(shop_id=shop_id, owner=owner, now=now)
    assert {units for _key, units in noted(shop_id, "ending")} == {7}


def test_a_tier_that_is_kept_is_not_told_of(shop_id: UUID) -> None:
    """By what will count at its end: what is older by then does not; a granted tier is kept by reaching it."""
    now = datetime(2026, 5, 1, 12, tzinfo=SHANGHAI)
    slack, busy, honoured = sorted(uuid4() for _ in range(3))
    buys(shop_id, slack, 50_000, now)
    buys(shop_id, busy, 50_000, now)
    until = Member.objects.get(shop_id=shop_id, owner=busy).until
    assert until == now + timedelta(days=365)
    buys(shop_id, busy, 30_000, now + timedelta(days=200))
    buys(shop_id, slack, 29_000, now + timedelta(days=200))
    for one in (slack, busy):
        Member.objects.filter(shop_id=shop_id, owner=one).update(until=until + timedelta(hours=1))
    grant_tier(
        shop_id=shop_id, owner=honoured, rank=2, until=until, reason="道歉", actor="staff:1",
        now=now + timedelta(days=300),
    )  # fmt: skip
    assert through(note_falling, shop_id, now + timedelta(days=300), limit=1) == 0
    for ahead in (30, 29, 7, 1):
        through(note_falling, shop_id, now + timedelta(days=365 - ahead), limit=1)
    found = [
        (one.owner, one.units, one.from_rank, one.to_rank)
        for one in Notice.objects.filter(shop_id=shop_id, kind="falling").order_by("owner", "key")
    ]
    assert found == [(slack, 10, 2, 1)] * 3 + [(honoured, 500, 2, 0)] * 3


def test_steps_and_birthdays_are_told_once_and_what_is_old_is_not(shop_id: UUID) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=SHANGHAI)
    born = Buyer.objects.create(shop_id=shop_id, birthday=date(1990, 3, 6), created_at=now).id
    buys(shop_id, born, 100, now - timedelta(days=500))
    order_id = buys(shop_id, born, 10_000, now - timedelta(days=500))
    lose_by_order(shop_id=shop_id, order_id=order_id, paid_minor=10_000, back_minor=10_000, now=now)
    through(judge_members, shop_id, now)
    for _twice in range(2):
        through(give_birthdays, shop_id, now)
    told = take_notices(shop_id=shop_id, now=now, limit=10)
    assert sorted((one.kind, one.from_rank, one.to_rank, one.units) for one in told) == [
        ("fell", 1, 0, 0), ("gift", 0, 0, 10), ("rose", 0, 1, 0),
    ]  # fmt: skip
    assert take_notices(shop_id=shop_id, now=now, limit=10) == []
    buys(shop_id, uuid4(), 10_000, now)
    assert drop_stale_notices(shop_id=shop_id, now=now + timedelta(days=2)) == 0
    assert drop_stale_notices(shop_id=shop_id, now=now + timedelta(days=3)) == 1


def test_the_loops_look_once_a_day(shop_id: UUID) -> None:
    now = utc_now()
    given(shop_id, uuid4(), 5, now + timedelta(days=7), now)
    buys(shop_id, uuid4(), 10_000, now)
    assert [tasks.ending(now), tasks.ending(now), tasks.falling(now)] == [2, 0, 0]
    assert tasks.falling(now + timedelta(days=358)) == 1
