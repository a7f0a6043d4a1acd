"""Tasks: done by facts, given once a member, task and period, and taken back with the orders that they took."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from goodfor.identity.buyer_models import Buyer, BuyerConsent, BuyerPasskey
from goodfor.identity.operations.account_steps import keep_contact
from goodfor.identity.types import Contact
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.loyalty import queries
from goodfor.loyalty import task_rules as rules
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.models import TaskReward
from goodfor.loyalty.operations.claim_task import claim_task, give_done_tasks
from goodfor.loyalty.operations.earn_by_order import lose_by_order
from goodfor.loyalty.operations.forget_member import forget_member
from goodfor.loyalty.operations.note_fact import note_fact
from goodfor.loyalty.operations.set_tasks import set_tasks
from goodfor.loyalty.tests.test_runs import buys, faults, shop_id
from goodfor.loyalty.types import FRIEND, Holder, Task, TaskCost, TaskSet

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["shop_id"]
ZONE = ZoneInfo("Asia/Shanghai")


def offers(shop_id: UUID, *tasks: Task, day_most: int = 0, now: datetime | None = None) -> None:
    set_tasks(shop_id=shop_id, tasks=TaskSet(tasks, day_most), actor="staff:1", now=now or utc_now())


def person(shop_id: UUID, now: datetime, mail: str = "") -> UUID:
    owner: UUID = Buyer.objects.create(shop_id=shop_id, created_at=now).id
    if mail:
        with transaction.atomic():
            keep_contact(shop_id, owner, Contact("email", mail), now)
    return owner


def held(shop_id: UUID, owner: UUID, _now: datetime) -> int:
    """What tasks brought, less what went back."""
    told = queries.statement(shop_id, Holder(owner), limit=100)
    return sum(one.units for one in told if one.source.kind == "task")


def refused(claim: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as told:
        claim()
    return told.value.code


def test_what_the_account_says_counts_once_and_for_who_has_bought(shop_id: UUID) -> None:
    now = utc_now()
    kinds = ("profile", "birthday", "email", "passkey", "subscribed")
    offers(shop_id, *(Task(kind, kind, 10) for kind in kinds), Task("early", "email", 3, since="2999-01-01"))
    owner = person(shop_id, now, "lin@mail.example")
    assert [(one.task.kind, one.done, one.ready, one.lacks) for one in queries.tasks_of(shop_id, owner, now)] == [
        (kind, int(kind == "email"), False, True) for kind in kinds
    ]
    assert refused(lambda: claim_task(shop_id=shop_id, owner=owner, key="email", now=now)) == "task_not_done"
    buys(shop_id, owner, 100, now)
    assert refused(lambda: claim_task(shop_id=shop_id, owner=owner, key="birthday", now=now)) == "task_not_done"
    Buyer.objects.filter(id=owner).update(name="林", birthday=date(1990, 1, 1))
    BuyerPasskey.objects.create(
        shop_id=shop_id, buyer_id=owner, credential_id=b"x", credential=b"x", label="x", created_at=now
    )
    BuyerConsent.objects.create(
        shop_id=shop_id, buyer_id=owner, channel="email", purpose="marketing", granted=True, source="x",
        text_version="1", at=now,
    )  # fmt: skip
    for _twice in range(2):
        assert [claim_task(shop_id=shop_id, owner=owner, key=kind, now=now) for kind in kinds] == [10] * 5
    assert held(shop_id, owner, now) == 50
    assert all(one.given for one in queries.tasks_of(shop_id, owner, now))
    assert refused(lambda: claim_task(shop_id=shop_id, owner=owner, key="early", now=now)) == "no_such_task"
    assert refused(lambda: claim_task(shop_id=shop_id, owner=owner, key="none", now=now)) == "no_such_task"
    assert queries.task_costs(shop_id)["email"] == TaskCost(1, 10, 9, 0)
    assert faults(now) == []


def test_a_mailbox_brings_points_once_whoever_has_it(shop_id: UUID) -> None:
    now = utc_now()
    offers(shop_id, Task("mail", "email", 10, bought=False), Task("again", "email", 5, bought=False))
    first, second = person(shop_id, now, "lin@mail.example"), person(shop_id, now)
    claim_task(shop_id=shop_id, owner=first, key="mail", now=now)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_buyer_contact SET buyer_id = %s WHERE shop_id = %s", [second, shop_id])
    for key in ("mail", "again"):
        assert refused(lambda key=key: claim_task(shop_id=shop_id, owner=second, key=key, now=now)) == "task_taken"
    assert held(shop_id, second, now) == 0
    # The account is erased, and its points with it: the mailbox is as good as new.
    forget_member(shop_id=shop_id, owner=first, now=now)
    assert claim_task(shop_id=shop_id, owner=second, key="mail", now=now) == 10
    assert faults(now) == []


def test_orders_bring_points_by_period_and_take_them_back(shop_id: UUID) -> None:
    """Of enough money, kept; the first and two in a month; given by itself; an order back takes what hung on it."""
    now, owner = datetime(2026, 5, 20, 12, tzinfo=ZONE), uuid4()
    offers(
        shop_id, Task("first", "first", 7, automatic=True, bought=False),
        Task("two", "orders", 20, "monthly", need=2, least_minor=1_000, automatic=True), now=now,
    )  # fmt: skip

    def given() -> int:
        return give_done_tasks(shop_id=shop_id, owner=owner, now=now)

    with transaction.atomic():
        assert given() == 0
    small = buys(shop_id, owner, 500, now)
    buys(shop_id, owner, 5_000, now - timedelta(days=30))
    big = buys(shop_id, owner, 5_000, now)
    with transaction.atomic():
        assert given() == 7
    last = buys(shop_id, owner, 5_000, now)
    for _twice in range(2):
        with transaction.atomic():
            assert given() == 27
    assert held(shop_id, owner, now) == 27

    def back(order_id: UUID, paid: int, minor: int) -> None:
        lose_by_order(shop_id=shop_id, order_id=order_id, paid_minor=paid, back_minor=minor, now=now)

    back(small, 500, 500)
    assert held(shop_id, owner, now) == 27
    back(big, 5_000, 4_100)
    assert held(shop_id, owner, now) == 7, "what is left of it is too little to count"
    back(big, 5_000, 5_000)
    back(last, 5_000, 5_000)
    assert held(shop_id, owner, now) == 7, "another one of last month is still the first"
    with transaction.atomic():
        given()
    assert held(shop_id, owner, now) == 7
    assert queries.task_costs(shop_id)["two"].back == 20
    assert faults(now) == []


def test_what_only_buyers_have_goes_with_the_last_order_that_was_kept(shop_id: UUID) -> None:
    """By what the task asked for when it was claimed; a part of a refund, or one order of two, takes nothing."""
    now = utc_now()
    owner: UUID = Buyer.objects.create(shop_id=shop_id, created_at=now, name="林", birthday=date(1990, 1, 1)).id
    told = (Task("profile", "profile", 10), Task("birthday", "birthday", 20, bought=False), Task("pal", FRIEND, 5))
    offers(shop_id, *told, now=now)
    note_fact(shop_id=shop_id, owner=owner, kind=FRIEND, key="a", now=now)
    first, last = buys(shop_id, owner, 10_000, now), buys(shop_id, owner, 5_000, now)
    assert [claim_task(shop_id=shop_id, owner=owner, key=one.key, now=now) for one in told] == [10, 20, 5]
    # What is asked for since then changes nothing of what was given.
    later = now + timedelta(hours=1)
    offers(shop_id, *(replace(one, bought=not one.bought) for one in told), now=later)
    for order_id, paid, back, left in (
        (first, 10_000, 10_000, 35), (last, 5_000, 4_999, 35), (last, 5_000, 5_000, 20), (last, 5_000, 5_000, 20),
    ):  # fmt: skip
        lose_by_order(shop_id=shop_id, order_id=order_id, paid_minor=paid, back_minor=back, now=later)
        assert held(shop_id, owner, later) == left
    assert {key: cost.back for key, cost in queries.task_costs(shop_id).items()} == {
        "profile": 10, "birthday": 0, "pal": 5,
    }  # fmt: skip
    assert faults(later) == []


def test_friends_count_once_each_and_a_day_has_its_cap(shop_id: UUID) -> None:
    now, owner = datetime(2026, 5, 20, 12, tzinfo=ZONE), uuid4()
    tasks = (
        Task("pair", FRIEND, 30, "weekly", need=2, bought=False), Task("one", FRIEND, 30, "daily", bought=False),
    )  # fmt: skip
    offers(shop_id, *tasks, day_most=50, now=now)
    for key in ("a", "a", "b"):
        note_fact(shop_id=shop_id, owner=owner, kind=FRIEND, key=key, now=now)
    note_fact(shop_id=shop_id, owner=owner, kind=FRIEND, key="c", now=now + timedelta(days=1))
    assert [(one.done, one.ready) for one in queries.tasks_of(shop_id, owner, now)] == [(2, True), (1, True)]
    assert claim_task(shop_id=shop_id, owner=owner, key="pair", now=now) == 30
    assert refused(lambda: claim_task(shop_id=shop_id, owner=owner, key="one", now=now)) == "task_day_full"
    assert claim_task(shop_id=shop_id, owner=owner, key="one", now=now + timedelta(days=1)) == 30
    later = now + timedelta(days=7)
    assert refused(lambda: claim_task(shop_id=shop_id, owner=owner, key="pair", now=later)) == "task_not_done"
    assert held(shop_id, owner, now + timedelta(days=2)) == 60


def test_many_taps_at_once_bring_it_once(shop_id: UUID) -> None:
    now = utc_now()
    offers(shop_id, Task("mail", "email", 10, bought=False))
    owner = person(shop_id, now, "lin@mail.example")

    def tap(_n: int) -> int:
        try:
            return claim_task(shop_id=shop_id, owner=owner, key="mail", now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(tap, range(8))) == [10] * 8
    assert held(shop_id, owner, now) == 10
    assert TaskReward.objects.filter(shop_id=shop_id).count() == 1
    assert faults(now) == []


def test_periods_and_what_tasks_may_be() -> None:
    at = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    task = Task("a", "orders", 1)
    named = [rules.period_of(replace(task, every=one), at, ZONE)[0] for one in ("once", "daily", "weekly", "monthly")]
    assert named == ["once", "2026-12-31", "2026-W53", "2026-12"]
    assert rules.period_of(replace(task, every="monthly"), at + timedelta(minutes=1), ZONE)[:2] == (
        "2027-01", datetime(2027, 1, 1, tzinfo=ZONE),
    )  # fmt: skip
    assert rules.is_open(replace(task, until="2026-12-31"), at, ZONE)
    assert not rules.is_open(replace(task, until="2026-12-31"), at + timedelta(minutes=1), ZONE)
    good = TaskSet((task, Task("b", "first", 5)), 100)
    assert rules.from_json(rules.to_json(rules.checked(good))) == good
    for wrong, field in (
        (replace(task, kind="share"), "kind"), (replace(task, points=0), "points"), (replace(task, need=0), "need"),
        (replace(task, kind="email", every="daily"), "every"), (replace(task, every="yearly"), "kind"),
        (replace(task, since="2026-02-30"), "until"), (replace(task, since="2026-03-01", until="2026-02-01"), "until"),
        (replace(task, key="Ä"), "kind"),
    ):  # fmt: skip
        with pytest.raises(InvalidPoints) as told:
            rules.checked(TaskSet((wrong,)))
        assert told.value.data["field"] == f"tasks.0.{field}"
    for whole in (TaskSet((task, task)), TaskSet(day_most=-1)):
        with pytest.raises(InvalidPoints):
            rules.checked(whole)
