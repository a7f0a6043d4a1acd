"""Runs over members: up and down, presents once, whoever is killed when; ends of units, some at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from goodfor.cli import world
from goodfor.identity.buyer_models import Buyer
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.loyalty import queries, tasks
from goodfor.loyalty.errors import NoCheckIn
from goodfor.loyalty.invariants import INVARIANTS
from goodfor.loyalty.models import Benefit, Deed, Member, Notice, RunMark, TierStep
from goodfor.loyalty.operations import give_benefits
from goodfor.loyalty.operations.check_in import check_in
from goodfor.loyalty.operations.earn_by_order import earn_by_order, lose_by_order
from goodfor.loyalty.operations.forget_member import forget_member
from goodfor.loyalty.operations.give_benefits import give_anniversaries, give_birthdays, give_monthly
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.operations.judge_members import judge_members
from goodfor.loyalty.operations.note_ends import note_falling
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import CALENDAR, GRANTED, PAID, Holder, Terms, Tier, TierRun, TierSet

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
TIERS = TierSet(
    (
        Tier("普通", birthday_points=10),
        Tier("银卡", 100, 80, points_bp=20_000, monthly_points=50, birthday_points=100, anniversary_points=30),
        Tier("金卡", 500, 300, monthly_points=200),
    ),
    grace_days=5,
)


@pytest.fixture
def shop_id(transactional_db: None) -> UUID:
    now = utc_now()
    made = world.make_shop(now).shop_id
    set_terms(shop_id=made, terms=Terms(on=True, live_months=1), actor="staff:1", now=now - timedelta(days=900))
    set_tiers(shop_id=made, tiers=TIERS, actor="staff:1", now=now)
    return made


def buys(shop_id: UUID, owner: UUID, minor: int, now: datetime) -> UUID:
    order_id = uuid4()
    for _twice in range(2):
        earn_by_order(
            shop_id=shop_id, owner=owner, order_id=order_id, paid_minor=minor, top_up=False, placed_at=now,
            delivered_at=now, now=now,
        )  # fmt: skip
    return order_id


def through(step: Callable[..., TierRun], shop_id: UUID, now: datetime, limit: int = 2) -> int:
    """A whole run in small steps; how many it moved."""
    moved, after = 0, None
    while True:
        told = step(shop_id=shop_id, after=after, now=now, limit=limit)
        moved, after = moved + told.moved, told.last
        if after is None:
            return moved


def faults(now: datetime) -> list[str]:
    with platform_job("audit in a test"):
        return [one.name for one in INVARIANTS if invariants.run(one, now).count]


def test_a_member_rises_earns_more_and_falls_by_steps(shop_id: UUID) -> None:
    now, owner = utc_now(), uuid4()
    order_id = buys(shop_id, owner, 50_000, now)
    view = queries.member(shop_id, owner, now)
    assert view is not None
    assert (view.standing.rank, view.amount, view.to_next, view.to_keep, view.projected) == (2, 500, None, 0, 2)
    grown = uuid4()
    buys(shop_id, grown, 10_000, now)
    buys(shop_id, grown, 10_000, now)
    # The second order earned twice as much: it was bought on the silver tier.
    assert queries.balance(shop_id, Holder(grown), now).pending == 100 + 200
    view = queries.member(shop_id, grown, now)
    assert view is not None
    assert view.next_tier is not None
    assert (view.tier.name, view.to_next, view.next_tier.name) == ("银卡", 300, "金卡")
    lose_by_order(shop_id=shop_id, order_id=order_id, paid_minor=50_000, back_minor=25_000, now=now)
    view = queries.member(shop_id, owner, now)
    assert view is not None
    assert (view.standing.rank, view.to_keep, view.projected) == (2, 50, 1)
    assert through(judge_members, shop_id, now) == 0
    # Two years on: one step when the first has ended, the next when that one has.
    ranks = []
    for days in (364, 366, 372, 372, 740, 750):
        through(judge_members, shop_id, now + timedelta(days=days))
        ranks.append(Member.objects.get(shop_id=shop_id, owner=owner).rank)
    assert ranks == [2, 2, 1, 1, 1, 0]
    assert [(one.from_rank, one.to_rank) for one in queries.steps_of(shop_id, owner)] == [(1, 0), (2, 1), (0, 2)]
    assert faults(now) == []


def test_a_granted_tier_ends_by_itself(shop_id: UUID) -> None:
    now, owner = utc_now(), uuid4()
    end = now + timedelta(days=30)
    grant_tier(shop_id=shop_id, owner=owner, rank=2, until=end, reason="道歉", actor="staff:1", now=now)
    through(judge_members, shop_id, end - timedelta(seconds=1))
    assert Member.objects.get(shop_id=shop_id, owner=owner).rank == 2
    through(judge_members, shop_id, end)
    assert Member.objects.get(shop_id=shop_id, owner=owner).rank == 0
    assert [one.what for one in queries.steps_of(shop_id, owner)] == ["down", "given"]


def test_monthly_presents_come_once_whoever_is_killed_when(shop_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    now = utc_now()
    people = sorted(uuid4() for _ in range(7))
    for number, owner in enumerate(people):
        buys(shop_id, owner, 10_000 if number % 2 else 1_000, now)
    posted = give_benefits.ledger.post

    def dies(**_told: object) -> None:
        raise RuntimeError("killed before the books were written")

    monkeypatch.setattr(give_benefits.ledger, "post", dies)
    with pytest.raises(RuntimeError):
        through(give_monthly, shop_id, now)
    assert not Benefit.objects.filter(shop_id=shop_id).exists()
    monkeypatch.setattr(give_benefits.ledger, "post", posted)
    assert through(give_monthly, shop_id, now) == 3
    assert through(give_monthly, shop_id, now) == 0
    assert [queries.balance(shop_id, Holder(one), now).available for one in people] == [0, 50, 0, 50, 0, 50, 0]
    assert through(give_monthly, shop_id, now + timedelta(days=32)) == 3
    assert faults(now) == []


def test_who_keeps_no_order_has_no_presents_of_a_tier_that_orders_led_to(shop_id: UUID) -> None:
    """The tier lasts; what it gives waits for an order that is kept. Granted or paid for, it gives without one."""
    now, later = utc_now(), utc_now() + timedelta(days=60)
    born = later.date().replace(year=1990, day=min(later.day, 28))
    back, given, paid = (Buyer.objects.create(shop_id=shop_id, birthday=born, created_at=now).id for _ in range(3))
    order_id = buys(shop_id, back, 10_000, now)
    lose_by_order(shop_id=shop_id, order_id=order_id, paid_minor=10_000, back_minor=10_000, now=now)
    for owner, source in ((given, GRANTED), (paid, PAID)):
        grant_tier(
            shop_id=shop_id, owner=owner, rank=1, until=now + timedelta(days=90), reason="道歉", source=source,
            actor="staff:1", now=now,
        )  # fmt: skip
    assert Member.objects.get(shop_id=shop_id, owner=back).rank == 1
    assert through(give_monthly, shop_id, now) == 2
    assert through(give_birthdays, shop_id, later) == 2
    assert queries.balance(shop_id, Holder(back), now).available == 0
    assert {one: due for one, _rank, due in queries.members_on(shop_id, [1])} == {back: False, given: True, paid: True}
    kept = buys(shop_id, back, 1_000, later)
    lose_by_order(shop_id=shop_id, order_id=kept, paid_minor=1_000, back_minor=999, now=later)
    assert (through(give_monthly, shop_id, later), through(give_birthdays, shop_id, later)) == (3, 1)
    assert faults(now) == []


def test_an_erased_account_stands_nowhere_and_is_given_nothing(shop_id: UUID) -> None:
    now, owner = utc_now(), uuid4()
    buys(shop_id, owner, 50_000, now)
    assert through(give_monthly, shop_id, now) == 1
    for _twice in range(2):
        forget_member(shop_id=shop_id, owner=owner, now=now)
    later = now + timedelta(days=40)
    for step in (judge_members, give_monthly, give_birthdays, give_anniversaries):
        assert through(step, shop_id, later) == 0
    assert queries.members_on(shop_id, [0, 1, 2]) == []
    assert queries.balance(shop_id, Holder(owner), later).available == 0
    assert faults(now) == []


@pytest.mark.parametrize("year", [2027, 2028])
def test_a_calendar_tier_is_kept_by_all_days_of_its_last_year(shop_id: UUID, year: int) -> None:
    """The first of January, too, where the year has 366 days; what was done the day before is of another year."""
    set_tiers(shop_id=shop_id, tiers=replace(TIERS, window=CALENDAR, grace_days=0), actor="staff:1", now=utc_now())
    first = datetime(year, 1, 1, tzinfo=SHANGHAI)
    until = first.replace(year=year + 1)
    keeps, falls = uuid4(), uuid4()
    for owner, at in ((keeps, first), (falls, first - timedelta(microseconds=1))):
        Member.objects.create(
            shop_id=shop_id, owner=owner, rank=1, since=first - timedelta(days=300), until=until, joined_at=first
        )
        Deed.objects.create(shop_id=shop_id, order_id=uuid4(), owner=owner, at=at, paid_minor=9_000, growth=90)
    assert through(note_falling, shop_id, until - timedelta(days=7)) == 1
    assert Notice.objects.get(shop_id=shop_id, kind="falling").owner == falls
    assert through(judge_members, shop_id, until + timedelta(days=1)) == 2
    assert [Member.objects.get(shop_id=shop_id, owner=one).rank for one in (keeps, falls)] == [1, 0]


def test_birthdays_once_a_year_for_those_who_have_been_here(shop_id: UUID) -> None:
    """Around the day, not for accounts of yesterday; a changed birthday brings no second one."""
    now = datetime(2026, 3, 1, 12, tzinfo=utc_now().tzinfo)
    born = {"soon": date(1990, 3, 6), "leap": date(2000, 2, 29), "far": date(1990, 4, 20), "new": date(1990, 3, 2)}
    people = {
        name: Buyer.objects.create(shop_id=shop_id, birthday=day, created_at=now).id for name, day in born.items()
    }
    for name, owner in people.items():
        buys(shop_id, owner, 10_000, now - timedelta(days=1 if name == "new" else 100))
    assert through(give_birthdays, shop_id, now) == 2
    assert through(give_birthdays, shop_id, now + timedelta(days=3)) == 0
    Buyer.objects.filter(id=people["soon"]).update(birthday=date(1990, 3, 9))
    assert through(give_birthdays, shop_id, now + timedelta(days=4)) == 0
    assert queries.balance(shop_id, Holder(people["leap"]), now).available == 100
    assert through(give_birthdays, shop_id, now.replace(year=2027, day=3)) == 3
    assert faults(now) == []


def test_anniversaries_once_a_year_for_those_who_still_come(shop_id: UUID) -> None:
    """On the day or within the week after, by the shop's clock; never in the first year; a leap day has one, too."""
    now = datetime(2028, 2, 28, 16, 30, tzinfo=UTC)
    came, sleeps, back = (uuid4() for _ in range(3))
    for one in (came, sleeps, back):
        buys(shop_id, one, 10_000, now)
    year = now.replace(year=2029)
    kept = buys(shop_id, came, 10_000, year - timedelta(days=30))
    gone = buys(shop_id, back, 10_000, year - timedelta(days=30))
    Deed.objects.filter(shop_id=shop_id, order_id=gone).update(back_minor=10_000)
    Deed.objects.filter(shop_id=shop_id).exclude(order_id__in=[kept, gone]).update(at=now - timedelta(days=90))
    assert through(give_anniversaries, shop_id, year - timedelta(days=2)) == 0
    assert [through(give_anniversaries, shop_id, year + timedelta(days=n)) for n in (0, 0, 5)] == [1, 0, 0]
    assert Benefit.objects.get(shop_id=shop_id, kind="anniversary").owner == came
    buys(shop_id, back, 10_000, year)
    assert [through(give_anniversaries, shop_id, year + timedelta(days=n)) for n in (7, 6, 5)] == [0, 1, 0]
    assert faults(now) == []


def test_the_loops_do_a_day_once(shop_id: UUID) -> None:
    now = utc_now()
    for _ in range(5):
        buys(shop_id, uuid4(), 10_000, now)
    assert tasks.monthly(now) == 5
    assert tasks.monthly(now) == 0
    assert RunMark.objects.get(shop_id=shop_id, name="monthly").through
    assert tasks.tiers(now) == 5
    assert tasks.tiers(now) == 0
    assert tasks.tiers(now + timedelta(days=1)) == 5
    assert tasks.expire(now + timedelta(days=70)) > 0
    while tasks.expire(now + timedelta(days=70)):
        pass
    assert TierStep.objects.filter(shop_id=shop_id, what="up").count() == 5
    assert faults(now) == []


def test_looking_in_brings_more_for_days_in_a_row(shop_id: UUID) -> None:
    """Once a day by the shop's clock, for who has bought something; a day without it begins anew."""
    now, owner = datetime(2026, 5, 1, 15, 59, tzinfo=utc_now().tzinfo), uuid4()
    with pytest.raises(NoCheckIn):
        check_in(shop_id=shop_id, owner=owner, now=now)
    terms = Terms(on=True, checkin=(1, 2, 5))
    set_terms(shop_id=shop_id, terms=terms, actor="staff:1", now=now - timedelta(days=1))
    with pytest.raises(NoCheckIn):
        check_in(shop_id=shop_id, owner=owner, now=now)
    buys(shop_id, owner, 10_000, now - timedelta(days=1))
    told = []
    # The second is two minutes later and the next day in Beijing.
    for moment in (timedelta(), timedelta(minutes=2), timedelta(days=1), timedelta(days=2), timedelta(days=4)):
        for again in (False, True):
            ahead = queries.next_check_in(shop_id, owner, terms, now + moment)
            done = check_in(shop_id=shop_id, owner=owner, now=now + moment)
            assert ahead == done
            assert done.again == again or moment == timedelta(days=1)
        told.append((done.streak, done.units))
    assert told == [(1, 1), (2, 2), (2, 2), (3, 5), (1, 1)]
    assert queries.balance(shop_id, Holder(owner), now + timedelta(days=5)).available == 1 + 2 + 5 + 1
    assert faults(now) == []
