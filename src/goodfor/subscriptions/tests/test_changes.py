"""What a member and the staff change: cancelled, kept, paused, another plan, given back. Books follow to the fen."""

from datetime import timedelta
from uuid import uuid4

import pytest

from goodfor.kernel.errors import InvalidInput
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Tier, TierSet
from goodfor.subscriptions import states
from goodfor.subscriptions.accounts import DEFERRED, INCOME
from goodfor.subscriptions.errors import (
    AboveMandate,
    AlreadySubscribed,
    ChargeRunning,
    NothingToPick,
    NotNow,
    NoUpgrade,
    PauseNotAllowed,
    SubscriptionNotFound,
)
from goodfor.subscriptions.operations.cancel import cancel, cancel_by_staff, keep
from goodfor.subscriptions.operations.change_plan import change_next, upgrade
from goodfor.subscriptions.operations.pause import pause, resume
from goodfor.subscriptions.operations.refund_period import refund_period
from goodfor.subscriptions.operations.set_plan import change_plan_terms
from goodfor.subscriptions.tests.conftest import PRICE, World
from goodfor.subscriptions.types import PlanWish

pytestmark = pytest.mark.django_db(transaction=True)


def test_cancelled_keeps_what_is_paid(world: World) -> None:
    made = world.subscribe(world.plan())
    mine = {"shop_id": world.shop_id, "subscription_id": made, "owner": world.owner}
    with pytest.raises(SubscriptionNotFound):
        cancel(**mine | {"owner": uuid4()}, now=world.now)
    world.wait(days=25)
    # Announced by now: taken back, and announced anew once it is kept.
    assert world.periods(made)[1].state == states.DUE
    cancel(**mine, now=world.now)
    cancel(**mine, now=world.now)
    assert (world.see(made).stops, world.periods(made)[1].why) == (True, states.CANCELLED)
    assert world.pick(made).state == "delivered"
    keep(**mine, now=world.now)
    world.work()
    assert (world.see(made).stops, world.periods(made)[2].state) == (False, states.DUE)
    cancel(**mine, now=world.now)
    world.wait(days=4)
    assert (world.see(made).state, world.see(made).why) == (states.ENDED, states.CANCELLED)
    with pytest.raises(NotNow):
        keep(**mine, now=world.now)
    with pytest.raises(NothingToPick):
        world.pick(made)
    assert (world.taken(), world.booked(DEFERRED), world.booked(INCOME)) == ([PRICE], 0, PRICE)
    assert world.faults() == {}


def test_a_pause_moves_the_next_period(world: World) -> None:
    made = world.subscribe(world.plan(pause_days=30))
    mine = {"shop_id": world.shop_id, "subscription_id": made, "owner": world.owner}
    end = world.periods(made)[0].ends_at
    with pytest.raises(PauseNotAllowed):
        pause(**mine, days=31, now=world.now)
    pause(**mine, days=10, now=world.now)
    with pytest.raises(NotNow):
        pause(**mine, days=1, now=world.now)
    assert (world.see(made).pausing, world.see(made).pause_left) == (True, 20)
    resume(**mine, now=world.now)
    assert (world.see(made).pausing, world.see(made).pause_left) == (False, 30)
    pause(**mine, days=20, now=world.now)
    world.wait(until=end + timedelta(days=1))
    assert (world.see(made).state, world.taken()) == (states.PAUSED, [PRICE])
    with pytest.raises(NothingToPick):
        world.pick(made)
    world.wait(until=end + timedelta(days=21))
    assert (world.see(made).state, world.periods(made)[-1].starts_at) == (states.ACTIVE, end + timedelta(days=20))
    pause(**mine, days=10, now=world.now)
    world.wait(until=world.periods(made)[-1].ends_at + timedelta(days=2))
    assert world.see(made).state == states.PAUSED
    resume(**mine, now=world.now)
    world.work()
    # Eight of the ten days are left.
    assert (world.see(made).state, world.see(made).pause_left, world.taken()) == (states.ACTIVE, 7, [PRICE] * 3)
    assert world.faults() == {}


def test_a_dearer_plan_at_once(world: World) -> None:
    small, big = world.plan(), world.plan(6000, picks=4)
    made = world.subscribe(small)
    mine = {"shop_id": world.shop_id, "subscription_id": made, "owner": world.owner}
    world.wait(days=7)
    with pytest.raises(NoUpgrade):
        upgrade(**mine, plan_id=world.plan(2000).id, now=world.now)
    upgrade(**mine, plan_id=big.id, now=world.now)
    world.work()
    old, new = world.periods(made)
    # Seven of 28 days are over: three quarters of the price are credited.
    assert (new.credit.amount_minor, new.charge.amount_minor) == (2250, 3750)
    assert (old.state, old.recognised.amount_minor, world.taken()) == (states.CLOSED, 750, [PRICE, 3750])
    assert (world.booked(DEFERRED), world.booked(INCOME)) == (6000, 750)
    assert (world.see(made).plan.id, new.left) == (big.id, 4)
    with pytest.raises(AlreadySubscribed):
        upgrade(**mine, plan_id=big.id, now=world.now)
    world.wait(until=new.ends_at + timedelta(days=1))
    assert world.taken() == [PRICE, 3750, 6000]
    assert world.booked(INCOME) == 750 + 6000 + (2 * 6000 + 31) // 62
    # A cheaper one with the next period.
    change_next(**mine, plan_id=small.id, now=world.now)
    world.wait(until=world.periods(made)[-1].ends_at + timedelta(days=1))
    assert (world.taken()[-1], world.see(made).plan.id, world.see(made).next_plan) == (PRICE, small.id, None)
    with pytest.raises(AboveMandate):
        change_next(**mine, plan_id=world.plan(9000).id, now=world.now)
    assert world.faults() == {}


def test_an_upgrade_that_is_refused_changes_nothing(world: World) -> None:
    small, big = world.plan(), world.plan(6000)
    made = world.subscribe(small)
    world.wait(days=3)
    world.pick(made)
    world.pick(made)
    world.refuse(made)
    upgrade(shop_id=world.shop_id, subscription_id=made, owner=world.owner, plan_id=big.id, now=world.now)
    # All picks are made: nothing is credited.
    assert world.periods(made)[1].credit.amount_minor == 0
    world.work()
    assert (world.see(made).state, world.periods(made)[1].state) == (states.ACTIVE, states.FAILED)
    world.refuse(made, "")
    world.wait(days=3)
    assert world.booked(INCOME) == (2 * PRICE * 6 + 28) // 56
    assert world.faults() == {}


def test_new_terms_are_for_new_members(world: World) -> None:
    plan = world.plan()
    made = world.subscribe(plan)
    wish = PlanWish("月卡", 9900, 1, 1, (world.sku_id,))
    change_plan_terms(shop_id=world.shop_id, plan_id=plan.id, wish=wish, actor=world.staff, now=world.now)
    world.subscribe(plan, owner=uuid4())
    world.wait(until=world.periods(made)[0].ends_at + timedelta(days=1))
    assert sorted(world.taken()) == [PRICE, PRICE, 9900, 9900]
    assert world.faults() == {}


@pytest.mark.parametrize("whole", [False, True])
def test_the_staff_give_a_period_back(world: World, whole: bool) -> None:
    tiers = TierSet((Tier("铜"), Tier("银", 100_000, 50_000)))
    set_tiers(shop_id=world.shop_id, tiers=tiers, actor="staff:1", now=world.now)
    made = world.subscribe(world.plan(tier_rank=1))
    world.pick(made)
    world.wait(days=7)
    [period] = world.periods(made)
    with pytest.raises(InvalidInput):
        refund_period(
            shop_id=world.shop_id, period_id=period.id, whole=whole, reason=" ", actor="staff:1", now=world.now
        )
    given = refund_period(
        shop_id=world.shop_id, period_id=period.id, whole=whole, reason="不满意", actor="staff:1", now=world.now
    )
    assert given.amount_minor == (PRICE if whole else 2250)
    stands = loyalty.member(world.shop_id, world.owner, world.now)
    assert stands is not None
    assert stands.standing.until == world.now + timedelta(microseconds=1)
    with pytest.raises(NotNow):
        refund_period(
            shop_id=world.shop_id, period_id=period.id, whole=whole, reason="again", actor="staff:1", now=world.now
        )
    world.work()
    assert (world.see(made).state, world.see(made).why) == (states.ENDED, states.MONEY_BACK)
    assert (world.booked(DEFERRED), world.booked(INCOME)) == (0, 0 if whole else 750)
    assert world.booked("2205:refund") == 0
    with pytest.raises(NothingToPick):
        world.pick(made)
    world.wait(days=30)
    assert world.taken() == [PRICE]
    assert world.faults() == {}


def test_the_staff_end_one(world: World) -> None:
    made = world.subscribe(world.plan())
    act = {"shop_id": world.shop_id, "subscription_id": made, "actor": "staff:1", "now": world.now}
    with pytest.raises(InvalidInput):
        cancel_by_staff(**act, reason="")
    cancel_by_staff(**act, reason="test")
    assert world.see(made).stops
    cancel_by_staff(**act, reason="test", at_once=True)
    assert world.see(made).why == states.BY_STAFF
    assert world.faults() == {}


def test_what_an_upgrade_credits_cannot_be_picked_as_well(world: World) -> None:
    """Neither while it is being charged, nor by an order that comes back later: that opens its own slot alone."""
    small, big = world.plan(picks=4), world.plan(6000, picks=2)
    made = world.subscribe(small)
    first = world.pick(made)
    mine = {"shop_id": world.shop_id, "subscription_id": made, "owner": world.owner, "plan_id": big.id}
    world.refuse(made)
    upgrade(**mine, now=world.now)
    with pytest.raises(ChargeRunning):
        world.pick(made)
    world.work()
    assert world.periods(made)[1].state == states.FAILED
    world.pick(made)
    world.refuse(made, "")
    upgrade(**mine, now=world.now)
    assert world.periods(made)[2].credit.amount_minor == PRICE // 2
    with pytest.raises(ChargeRunning):
        world.pick(made)
    world.work()
    world.refund_pick(first)
    world.work()
    # Two of the new plan, and the one that came back.
    for _ in range(3):
        world.pick(made)
    with pytest.raises(NothingToPick):
        world.pick(made)
    assert world.faults() == {}
