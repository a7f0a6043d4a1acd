"""What rings, farms, people who invite themselves and people who send goods back after the reward get: next to nothing.

Tolerance: at most one percent of what all of these would have got without checks. Honest people get all of theirs.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.identity.types import ShopView
from goodfor.orders.types import OrderView
from goodfor.referrals import queries, scoring, states
from goodfor.referrals.errors import OwnInvite, ReviewMoved, SecondPerson
from goodfor.referrals.operations.review import decide, take
from goodfor.referrals.signals import facts_of, risk_key
from goodfor.referrals.states import FIRST
from goodfor.referrals.tests.conftest import World
from goodfor.risk.link_kinds import LinkKind
from goodfor.risk.link_models import Link

pytestmark = pytest.mark.django_db(transaction=True)
TOLERANCE = 0.01


@dataclass
class Side:
    """Orders of one side, and what came of them."""

    orders: list[OrderView] = field(default_factory=list)
    people: set[UUID] = field(default_factory=set)

    def wanted(self, world: World) -> int:
        rows = [one for order in self.orders for one in queries.rewards_of_order(world.shop_id, order.id)]
        return sum(one.amount.amount_minor for one in rows)

    def paid(self, world: World) -> int:
        """What is with them now, or has gone elsewhere: the balance, and what they owe."""
        owed = sum(queries.earnings(world.shop_id, one).owed.amount_minor for one in self.people)
        return sum(world.balance(one) for one in self.people) + owed

    def buys(self, world: World, friend: UUID, inviter: UUID, **more: str) -> OrderView:
        order = world.buys(friend, code=world.code(inviter), **more)
        self.orders.append(order)
        self.people |= {friend, inviter}
        return order


def rings(world: World, bad: Side, size: int) -> None:
    """Each brings the next, and the last the first; each has a device of his own."""
    people = [world.account() for _ in range(size)]
    for n, one in enumerate(people):
        world.binds(one, people[n - 1], device=f"ring-{one}")
    for n, one in enumerate(people):
        bad.buys(world, one, people[n - 1], device=f"ring-{one}")


def farm(world: World, bad: Side, size: int, *, own: bool) -> None:
    """Many accounts of few telephones: the inviter's `own`, or some that he has never used himself."""
    inviter = world.account()
    world.code(inviter, device="farm-own" if own else f"farm-{inviter}")
    for _ in range(size):
        bad.buys(world, world.account(), inviter, device="farm-own" if own else f"farm-of-{inviter}")


def instruments(world: World, bad: Side, size: int) -> None:
    """Every account has its own device and address; all pay from one purse."""
    inviter = world.account()
    world.code(inviter, device=f"purse-{inviter}")
    pays(world, inviter, 77)
    for n in range(size):
        friend = world.account()
        pays(world, friend, 77)
        bad.buys(world, friend, inviter, device=f"purse-{n}", address=f"198.51.100.{n}")


def pays(world: World, buyer: UUID, instrument: int) -> None:
    """As risk control's loop would have it from the payment."""
    Link.objects.create(
        shop_id=world.shop_id, key=instrument, buyer=risk_key(world.shop_id, buyer), first_at=world.now,
        last_at=world.now, kind=LinkKind.INSTRUMENT,
    )  # fmt: skip


def sent_back(world: World, bad: Side, size: int) -> list[OrderView]:
    """Friends without any fault, who mean to have their money back once the reward is paid: they look at no code."""
    inviter = world.account()
    found = []
    for n in range(size):
        friend = world.account()
        order = world.buys(friend, code=world.code(inviter), seen=False, device=f"back-{friend}-{n}")
        bad.orders.append(order)
        bad.people |= {friend, inviter}
        found.append(order)
    return found


def honest(world: World, good: Side, size: int) -> None:
    """Friends in a household (one address), in a school (one address of many), and far away."""
    for n in range(size):
        inviter = world.account()
        world.code(inviter, device=f"home-{inviter}", address=f"192.0.2.{n}")
        near, far = world.account(), world.account()
        good.buys(world, near, inviter, device=f"near-{near}", address=f"192.0.2.{n}")
        good.buys(world, far, inviter, device=f"far-{far}", address=f"203.0.113.{n}")


@pytest.mark.parametrize("size", [3, pytest.param(12, marks=pytest.mark.soak)])
def test_attackers_get_next_to_nothing_and_honest_people_all(world: World, size: int) -> None:
    world.gives(month_minor=0, day_friends=0)
    bad, good = Side(), Side()
    rings(world, bad, size)
    farm(world, bad, size, own=True)
    farm(world, bad, size, own=False)
    instruments(world, bad, size)
    back = sent_back(world, bad, size)
    honest(world, good, max(size // 2, 1))
    with pytest.raises(OwnInvite):
        world.binds(next(iter(bad.people)), next(iter(bad.people)))
    attacked, earned = bad.wanted(world), good.wanted(world)
    world.wait(20)
    for order in back:
        world.refunds(order)
    world.wait(20)
    assert attacked > size * 5 * 600
    assert bad.paid(world) <= attacked * TOLERANCE, [
        (one.level, one.state, one.score, one.reasons)
        for order in bad.orders for one in queries.rewards_of_order(world.shop_id, order.id) if one.state == "paid"
    ]  # fmt: skip
    assert good.paid(world) == earned > 0, [
        (one.level, one.state, one.score, one.reasons, one.held)
        for order in good.orders for one in queries.rewards_of_order(world.shop_id, order.id)
    ]  # fmt: skip
    assert world.faults() == {}


def test_a_ring_is_one_however_long(world: World) -> None:
    """Twenty who bring one another: the last one's order closes it, and is seen to."""
    people = [uuid4() for _ in range(20)]
    for n, one in enumerate(people):
        world.binds(one, people[n - 1], device=f"ring-{one}")
    told = facts_of(world.shop_id, inviter=people[3], friend=people[4], order_id=uuid4(), returned=False, now=world.now)
    assert told.cycle
    stranger = facts_of(
        world.shop_id, inviter=people[3], friend=uuid4(), order_id=uuid4(), returned=False, now=world.now
    )
    assert not stranger.cycle


def shop_of(world: World) -> ShopView:
    return identity.shop_by_id(world.shop_id)


def test_odd_ones_wait_for_a_person_and_much_for_two(world: World) -> None:
    world.gives(alone_minor=500)
    before = world.now - timedelta(days=2)
    first, second = (make_staff(shop_of(world), before) for _ in range(2))
    inviter, friend = world.account(), world.account()
    world.code(inviter, device="one")
    order = world.buys(friend, code=world.code(inviter), device="one")
    mine = {"shop_id": world.shop_id, "order_id": order.id, "now": world.now}
    [waiting] = queries.reviews(world.shop_id)
    assert (waiting.amount.amount_minor, waiting.reasons) == (685, ("device",))
    assert waiting.score == scoring.WEIGHTS["device"]
    world.wait()
    assert world.balance(inviter) == 0
    with pytest.raises(ReviewMoved):
        decide(verdict="approve", reason="a family", actor=first.actor, **mine)
    take(actor=first.actor, **mine)
    with pytest.raises(ReviewMoved):
        take(actor=second.actor, **mine)
    assert decide(verdict="approve", reason="a family", actor=first.actor, **mine) == states.SECOND
    with pytest.raises(SecondPerson):
        decide(verdict="approve", reason="a family", actor=first.actor, **mine)
    assert world.rewards(order)[FIRST].state == states.PENDING
    assert decide(verdict="approve", reason="seen too", actor=second.actor, **mine) == states.DONE
    # What was looked at does not stop it again.
    world.wait()
    assert world.balance(inviter) == 485
    assert queries.waiting_reviews(world.shop_id) == 0
    with pytest.raises(ReviewMoved):
        decide(verdict="reject", reason="late", actor=second.actor, **mine)
    assert world.faults() == {}


def test_a_no_is_for_good(world: World) -> None:
    person = make_staff(shop_of(world), world.now - timedelta(days=2))
    inviter, friend = world.account(), world.account()
    world.code(inviter, device="one")
    order = world.buys(friend, code=world.code(inviter), device="one")
    mine = {"shop_id": world.shop_id, "order_id": order.id, "actor": person.actor, "now": world.now}
    take(**mine)
    assert decide(verdict="reject", reason="the same person", **mine) == states.DONE
    world.wait()
    assert {one.state for one in world.rewards(order).values()} == {states.REJECTED}
    assert world.balance(inviter) == 0
    assert world.faults() == {}
