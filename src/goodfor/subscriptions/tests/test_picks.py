"""Picks: never more than a period has, back with their order, and given as the plan says when nobody picks."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.identity.tests.buyers import make_buyer
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Holder, Terms, Tier, TierSet
from goodfor.orders.operations import refund_part
from goodfor.orders.tests.factories import together
from goodfor.subscriptions import states
from goodfor.subscriptions.accounts import DEFERRED, PICKED
from goodfor.subscriptions.errors import NothingToPick
from goodfor.subscriptions.models import Pick
from goodfor.subscriptions.operations import pick as picking
from goodfor.subscriptions.operations import settle_periods as settling
from goodfor.subscriptions.operations.cancel import cancel
from goodfor.subscriptions.tests.conftest import PRICE, World

pytestmark = pytest.mark.django_db(transaction=True)
COST = 4850


def test_many_at_once_pick_what_there_is(world: World) -> None:
    made = world.subscribe(world.plan(picks=3))
    done = together(lambda n: world.pick(made, f"key{n % 4}").order_id, 8, 8)
    assert len({one for one in done if isinstance(one, UUID)}) == 3
    assert Pick.objects.filter(shop_id=world.shop_id).count() == 3
    assert world.periods(made)[0].left == 0
    assert world.booked(PICKED) == 3 * COST
    assert world.faults() == {}


def test_killed_in_the_middle_nothing_was_picked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world.subscribe(world.plan())

    def die(name: str) -> None:
        if name == "subscriptions.picked":
            connection.close()
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises((KeyboardInterrupt, Exception)):
        patch.setattr(picking, "reach", die)
        world.pick(made, "a")
    assert Pick.objects.filter(shop_id=world.shop_id).count() == 0
    world.pick(made, "a")
    assert (world.periods(made)[0].left, world.booked(DEFERRED)) == (1, PRICE)
    assert world.faults() == {}


def test_what_comes_back_opens_its_slot(world: World) -> None:
    made = world.subscribe(world.plan(picks=1))
    first = world.pick(made)
    refund_part(
        shop_id=world.shop_id, order_id=first.order_id, amount=Money(1000, "CNY"), reason="test", actor="staff:test",
        now=world.now,
    )  # fmt: skip
    world.work()
    assert (world.booked(PICKED), world.booked(DEFERRED), world.periods(made)[0].left) == (COST - 1000, PRICE, 0)
    world.refund_pick(first)
    world.work()
    assert (world.booked(PICKED), world.booked(DEFERRED), world.periods(made)[0].left) == (0, PRICE, 1)
    second = world.pick(made)
    cancel(shop_id=world.shop_id, subscription_id=made, owner=world.owner, now=world.now)
    world.wait(until=world.periods(made)[0].ends_at + timedelta(days=2))
    assert world.see(made).state == states.ENDED
    # Its period is over: a week is left to pick another.
    world.refund_pick(second)
    world.work()
    assert world.periods(made)[0].open
    world.pick(made)
    assert world.faults() == {}


def test_what_nobody_picked_in_time_does_not_open_with_what_comes_back(world: World) -> None:
    made = world.subscribe(world.plan(picks=4))
    first = world.pick(made)
    cancel(shop_id=world.shop_id, subscription_id=made, owner=world.owner, now=world.now)
    world.wait(until=world.periods(made)[0].ends_at + timedelta(days=2))
    world.refund_pick(first)
    world.work()
    assert (world.periods(made)[0].open, world.periods(made)[0].left) == (True, 1)
    world.pick(made)
    with pytest.raises(NothingToPick):
        world.pick(made)
    assert world.faults() == {}


def test_reminded_and_given_goods_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.owner = make_buyer(world.shop_id, world.now).buyer_id
    made = world.subscribe(world.plan(picks=3, default_kind=states.GOODS, default_sku=world.sku_id))
    world.pick(made)
    end = world.periods(made)[0].ends_at

    def die(name: str) -> None:
        if name == "subscriptions.settling":
            raise DomainError

    world.wait(until=end - timedelta(minutes=5))
    assert [told["days"] for told in world.told("picks_waiting")] == [7, 2]
    with monkeypatch.context() as patch:
        patch.setattr(settling, "reach", die)
        world.wait(until=end + timedelta(minutes=1))
        assert Pick.objects.filter(shop_id=world.shop_id).count() == 1
    world.wait(days=1)
    [told] = world.told("picks_settled")
    assert (told["given"], told["picks"], len(told["order_numbers"])) == ("goods", 2, 2)
    assert Pick.objects.filter(shop_id=world.shop_id, made_by=states.BY_PLAN).count() == 2
    assert world.faults() == {}


def test_given_points_once_and_a_tier(world: World) -> None:
    set_terms(shop_id=world.shop_id, terms=Terms(on=True), actor="staff:1", now=world.now)
    tiers = TierSet((Tier("铜"), Tier("银", 1000, 500), Tier("金", 5000, 2000)))
    set_tiers(shop_id=world.shop_id, tiers=tiers, actor="staff:1", now=world.now)
    made = world.subscribe(world.plan(picks=2, default_kind=states.POINTS, default_points=100, tier_rank=1))
    stands = loyalty.member(world.shop_id, world.owner, world.now)
    assert stands is not None
    assert (stands.standing.rank, stands.standing.until) == (1, world.periods(made)[0].ends_at)
    world.wait(until=world.periods(made)[0].ends_at + timedelta(days=1))
    assert loyalty.balance(world.shop_id, Holder(world.owner), world.now).available == 200
    [told] = world.told("picks_settled")
    assert (told["given"], told["picks"]) == ("points", 2)
    assert world.faults() == {}


def test_what_may_be_carried_is_picked_in_the_next(world: World) -> None:
    made = world.subscribe(world.plan(picks=2, carry=1))
    end = world.periods(made)[0].ends_at
    world.wait(until=end + timedelta(days=1))
    second = world.periods(made)[1]
    assert (second.carried, second.left) == (1, 3)
    for _ in range(3):
        world.pick(made)
    with pytest.raises(NothingToPick):
        world.pick(made, uuid4().hex)
    assert world.faults() == {}
