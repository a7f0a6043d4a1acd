"""Corners that somebody who looked for a way to gain, or to be charged in vain, has found."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.identity.tests.buyers import make_buyer
from goodfor.orders.tests.factories import sql
from goodfor.orders.types import Buyer
from goodfor.payments import queries as payments
from goodfor.payments.operations.end_mandate import end_mandate
from goodfor.payments.operations.sandbox_consents import end_consent, sign_consent
from goodfor.payments.tests.world import at_once
from goodfor.subscriptions import queries, states
from goodfor.subscriptions.errors import AlreadySubscribed, NotInPlan
from goodfor.subscriptions.models import Pick, Subscription
from goodfor.subscriptions.operations.cancel import end_by_dispute
from goodfor.subscriptions.operations.change_plan import change_next, upgrade
from goodfor.subscriptions.operations.pick import pick
from goodfor.subscriptions.operations.refund_period import refund_period
from goodfor.subscriptions.operations.set_plan import change_plan_terms, make_plan, move_plan
from goodfor.subscriptions.operations.sign import sign, sign_anew
from goodfor.subscriptions.tests.conftest import PRICE, REQUEST, World
from goodfor.subscriptions.types import PlanView, PlanWish

pytestmark = pytest.mark.django_db(transaction=True)


def change(world: World, made: UUID, plan: PlanView) -> None:
    change_next(shop_id=world.shop_id, subscription_id=made, owner=world.owner, plan_id=plan.id, now=world.now)


def raise_to(world: World, made: UUID, plan: PlanView) -> None:
    upgrade(shop_id=world.shop_id, subscription_id=made, owner=world.owner, plan_id=plan.id, now=world.now)
    world.work()


def give_back(world: World, period_id: UUID) -> int:
    given = refund_period(
        shop_id=world.shop_id, period_id=period_id, whole=True, reason="test", actor=world.staff, proven=True,
        now=world.now,
    )  # fmt: skip
    world.work()
    return given.amount_minor


def returned(world: World) -> int:
    """What went back to the member by the channel's books."""
    rows = sql("SELECT sum(refunded_minor) FROM payments_sandbox_trade WHERE shop_id = %s", [world.shop_id])
    return int(rows[0][0])


def mine(world: World) -> list[Subscription]:
    return list(Subscription.objects.filter(shop_id=world.shop_id, owner=world.owner).order_by("id"))


def renew_at_an_announcing_channel(world: World, plan: PlanView | None = None, hours: int = 20) -> UUID:
    """Paid once; the channel wants to be told a day ahead."""
    world.now += timedelta(minutes=1)
    world.open_account(announce_hours=hours)
    made = world.sign(plan or world.plan())
    world.wait(days=2)
    assert world.see(made).state == states.ACTIVE
    return made


def test_a_plan_is_had_once_also_from_the_next_period_on(world: World) -> None:
    first, second, third = world.plan(), world.plan(4000), world.plan(5000)
    one, two = world.subscribe(first), world.subscribe(second)
    change(world, one, third)
    with pytest.raises(AlreadySubscribed):
        change(world, two, third)
    with pytest.raises(AlreadySubscribed):
        raise_to(world, two, third)
    with pytest.raises(AlreadySubscribed):
        world.sign(third)
    change(world, one, first)
    change(world, two, third)
    world.wait(days=35)
    assert sorted(world.taken()) == [PRICE, PRICE, 4000, 5000]
    assert world.faults() == {}


def test_of_two_that_change_to_one_plan_at_once_one_does(world: World) -> None:
    first, second, third = world.plan(), world.plan(4000), world.plan(5000)
    both = [world.subscribe(first), world.subscribe(second)]
    told = at_once(2, lambda number: change(world, both[number], third))
    assert sorted(type(one).__name__ for one in told) == ["AlreadySubscribed", "NoneType"]


def test_money_for_a_plan_that_another_has_by_now_goes_back(world: World) -> None:
    """However it came to that: the charge of the second is not kept, and it goes on with its own plan."""
    first, second, third = world.plan(), world.plan(4000), world.plan(5000)
    one, two = world.subscribe(first), world.subscribe(second)
    change(world, one, third)
    Subscription.objects.filter(shop_id=world.shop_id, id=two).update(next_terms=third.terms.id)
    world.wait(days=33)
    world.work()
    assert [world.see(made).plan.id for made in (one, two)].count(third.id) == 1
    assert sum(world.taken()) - returned(world) == sum(
        period.charge.amount_minor for made in (one, two) for period in world.periods(made)
        if period.state in (states.PAID, states.CLOSED)
    )  # fmt: skip
    assert world.faults() == {}


@pytest.mark.parametrize("kind", [states.GOODS, states.POINTS])
def test_after_a_lost_dispute_the_plan_gives_nothing(world: World, kind: str) -> None:
    world.owner = make_buyer(world.shop_id, world.now).buyer_id
    more = {"default_sku": world.sku_id} if kind == states.GOODS else {"default_points": 50}
    made = world.subscribe(world.plan(picks=3, default_kind=kind, **more))
    period = world.periods(made)[0]
    end_by_dispute(shop_id=world.shop_id, period_id=period.id, now=world.now)
    assert queries.open_period(world.shop_id, made, world.now) is None
    world.wait(until=period.ends_at + timedelta(hours=1))
    assert not Pick.objects.filter(shop_id=world.shop_id).exists()
    assert not [*world.told("picks_waiting"), *world.told("picks_settled")]
    assert world.booked("2203:points") == 0
    assert world.faults() == {}


def test_all_that_was_paid_before_and_for_an_upgrade_goes_back(world: World) -> None:
    small, *dearer = world.plan(), world.plan(6000, picks=4), world.plan(9000, picks=6)
    made = world.subscribe(small)
    for plan in dearer:
        raise_to(world, made, plan)
    assert world.taken() == [3000, 3000, 3000]
    newest = world.periods(made)[-1]
    assert give_back(world, newest.id) == 9000
    assert returned(world) == 9000
    assert (world.booked("5001:sub"), world.booked("2203:subscription")) == (0, 0)
    assert world.see(made).why == states.MONEY_BACK
    assert world.faults() == {}


def test_after_an_upgrade_each_period_gives_back_its_own_part(world: World) -> None:
    small, big = world.plan(), world.plan(6000, picks=4)
    made = world.subscribe(small)
    world.wait(days=10)
    raise_to(world, made, big)
    old, new = world.periods(made)
    assert new.credit.amount_minor < PRICE
    assert give_back(world, new.id) == 6000
    assert give_back(world, old.id) == PRICE - new.credit.amount_minor
    assert returned(world) == sum(world.taken())
    assert world.faults() == {}


def test_what_was_paid_ahead_goes_back_with_the_running_period(world: World) -> None:
    made = renew_at_an_announcing_channel(world)
    first = world.periods(made)[0]
    world.wait(until=first.ends_at - timedelta(hours=2))
    assert [one.state for one in world.periods(made)] == [states.CLOSED, states.PAID]
    give_back(world, first.id)
    assert [one.state for one in world.periods(made)] == [states.REFUNDED, states.REFUNDED]
    assert returned(world) == sum(world.taken())
    assert world.faults() == {}


def test_what_runs_is_kept_where_only_what_was_paid_ahead_goes_back(world: World) -> None:
    made = renew_at_an_announcing_channel(world)
    first = world.periods(made)[0]
    world.wait(until=first.ends_at - timedelta(hours=2))
    give_back(world, world.periods(made)[1].id)
    seen = world.see(made)
    assert (seen.state, seen.stops, seen.paid_until) == (states.ACTIVE, True, first.ends_at)
    world.pick(made)
    world.wait(days=3)
    assert (world.see(made).state, world.see(made).why) == (states.ENDED, states.CANCELLED)
    assert world.faults() == {}


def test_a_refund_of_what_is_being_credited_ends_the_upgrade(world: World) -> None:
    small, big = world.plan(), world.plan(6000, picks=4)
    made = renew_at_an_announcing_channel(world, small, hours=40)
    first = world.periods(made)[0]
    world.wait(until=first.ends_at - timedelta(hours=30))
    raise_to(world, made, big)
    world.wait(until=first.ends_at + timedelta(minutes=1))
    assert world.periods(made)[-1].state == states.CHARGING
    give_back(world, first.id)
    world.wait(days=3)
    assert world.see(made).state == states.ENDED
    assert returned(world) == sum(world.taken())
    assert world.faults() == {}


def test_open_picks_of_an_older_plan_do_not_stand_in_the_way(world: World) -> None:
    other = next(sku_id for sku_id in world.shop.demo.skus.values() if sku_id != world.sku_id)
    small = world.plan()
    big = make_plan(
        shop_id=world.shop_id, slug="", wish=PlanWish("大", 6000, 1, 2, (other,)), actor=world.staff, now=world.now
    )
    move_plan(shop_id=world.shop_id, plan_id=big.id, to_state=states.ON_SALE, actor=world.staff, now=world.now)
    made = world.subscribe(small)
    done = world.pick(made)
    raise_to(world, made, big)
    world.refund_pick(done)
    assert queries.open_goods(world.shop_id, made, world.now) == (world.sku_id, other)
    with pytest.raises(NotInPlan):
        pick(
            shop_id=world.shop_id, subscription_id=made, owner=world.owner, sku_id=uuid4(),
            buyer=Buyer(f"buyer:{world.owner.hex}"), request_key=uuid4().hex, now=world.now,
        )  # fmt: skip
    again = world.pick(made)
    assert Pick.objects.get(shop_id=world.shop_id, order_id=again.order_id).period_id == world.periods(made)[0].id
    assert queries.open_goods(world.shop_id, made, world.now) == (other,)


def test_a_refused_renewal_whose_consent_ended_is_charged_once_signed_anew(world: World) -> None:
    made = renew_at_an_announcing_channel(world)
    first = world.periods(made)[0]
    world.refuse(made)
    world.wait(until=first.ends_at - timedelta(hours=2))
    assert world.see(made).state == states.PAST_DUE
    [old] = payments.mandates_of(world.shop_id, f"subscription:{made}")
    end_consent(shop_id=world.shop_id, number=old.number)
    with transaction.atomic():
        end_mandate(shop_id=world.shop_id, mandate_id=old.id, by="channel", now=world.now)
    world.work()
    assert world.see(made).mandate_over
    sign_anew(
        shop_id=world.shop_id, subscription_id=made, owner=world.owner, account_id=world.account_id, request=REQUEST,
        now=world.now,
    )  # fmt: skip
    sign_consent(shop_id=world.shop_id, number=world.number(made))
    world.work()
    world.wait(days=3)
    assert (world.see(made).state, world.see(made).why) == (states.ACTIVE, "")
    assert world.taken() == [PRICE, PRICE]
    assert world.faults() == {}


def test_whoever_goes_on_signing_is_charged_what_he_was_shown(world: World) -> None:
    plan = world.plan()
    world.sign(plan, signed=False)
    wish = PlanWish("月卡", 1000, 1, 2, (world.sku_id,))
    new = change_plan_terms(shop_id=world.shop_id, plan_id=plan.id, wish=wish, actor=world.staff, now=world.now)
    begun = sign(
        shop_id=world.shop_id, plan_id=plan.id, owner=world.owner, account_id=world.account_id, request=REQUEST,
        request_key=uuid4().hex, accepted=new.terms.id, now=world.now,
    )  # fmt: skip
    sign_consent(shop_id=world.shop_id, number=world.number(begun.subscription_id))
    world.work()
    assert world.taken() == [1000]
    assert len(mine(world)) == 1


def test_a_new_consent_covers_what_was_agreed_before(world: World) -> None:
    small, big = world.plan(), world.plan(9000)
    made = world.subscribe(small)
    change(world, made, big)
    move_plan(shop_id=world.shop_id, plan_id=big.id, to_state=states.OFF_SALE, actor=world.staff, now=world.now)
    sign_anew(
        shop_id=world.shop_id, subscription_id=made, owner=world.owner, account_id=world.account_id, request=REQUEST,
        now=world.now,
    )  # fmt: skip
    sign_consent(shop_id=world.shop_id, number=world.number(made))
    world.work()
    world.wait(until=world.periods(made)[0].ends_at + timedelta(hours=2))
    assert (world.see(made).state, world.taken()) == (states.ACTIVE, [PRICE, 9000])
