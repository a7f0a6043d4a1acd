"""From the invitation to the balance and back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from goodfor.delivery import queries as delivery
from goodfor.identity import queries as identity
from goodfor.identity.tests.buyers import make_buyer
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.ledger import operations as books
from goodfor.ledger.types import Entry, Line
from goodfor.loyalty.types import REDEEMED
from goodfor.orders.operations import grant_refund, open_claim, place_order, refund_part
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.queries import order_view
from goodfor.orders.tests.factories import begin, refund_all, relay_all
from goodfor.orders.tests.factories import pay as pay_by_till
from goodfor.orders.types import Buyer, Credit, LineRequest, OrderView
from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.claim_coupon import give_coupon, take_gift
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.tests.factories import reduce_by, run
from goodfor.promotions.types import BatchWish, Window
from goodfor.referrals import codes, queries, states, tasks
from goodfor.referrals.errors import AlreadyInvited, InvalidProgramme, InviteNotFound, OwnInvite
from goodfor.referrals.models import ProgrammeRevision
from goodfor.referrals.operations.attribute import attribute
from goodfor.referrals.operations.bind import bind
from goodfor.referrals.operations.earn import earn
from goodfor.referrals.operations.pay import pay
from goodfor.referrals.states import FIRST, FRIEND, LINK
from goodfor.referrals.terms import gives_more
from goodfor.referrals.tests.conftest import TERMS, World
from goodfor.referrals.types import Invited, Level, Names

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_friend_buys_and_both_are_paid_once_the_freeze_is_over(world: World) -> None:
    inviter, friend = world.account(), world.account()
    code = world.code(inviter)
    assert codes.canonical(f" {code[:4].lower()}-{code[4:]} ") == code
    order = world.buys(friend, 2, code=code)
    found = world.rewards(order)
    assert {level: (one.amount.amount_minor, one.state) for level, one in found.items()} == {
        FIRST: (970, states.APPROVED), FRIEND: (200, states.APPROVED),
    }  # fmt: skip
    assert (found[FIRST].beneficiary, found[FRIEND].beneficiary, found[FIRST].source) == (inviter, friend, "checkout")
    assert earn(shop_id=world.shop_id, order_id=order.id, now=world.now) == 0
    world.wait(6)
    assert (world.balance(inviter), world.balance(friend)) == (0, 0)
    world.wait(2)
    assert (world.balance(inviter), world.balance(friend)) == (970, 200)
    assert not pay(shop_id=world.shop_id, reward_id=found[FIRST].id, now=world.now)
    # A friend's second order earns nothing, nor does anybody who came by himself.
    assert not world.rewards(world.buys(friend))
    assert not world.rewards(world.buys(inviter))
    assert world.faults() == {}
    earned = queries.earnings(world.shop_id, inviter)
    assert (earned.friends, earned.paid.amount_minor, earned.waiting.amount_minor) == (1, 970, 0)


def test_an_order_that_goes_back_takes_its_rewards_with_it(world: World) -> None:
    inviter, before, after = world.account(), world.account(), world.account()
    code = world.code(inviter)
    early, late = world.buys(before, code=code), world.buys(after, code=code)
    world.refunds(early)
    assert {one.state for one in world.rewards(early).values()} == {states.REVERSED}
    world.wait()
    assert (world.balance(inviter), world.balance(after)) == (485, 200)
    # The friend has spent his: it is owed, and the next reward meets it first.
    spent = make_buyer(world.shop_id, world.now, "third@example.com").buyer_id
    spend(world, after, 150)
    world.refunds(late)
    assert (world.balance(inviter), world.balance(after)) == (0, 0)
    owed = queries.earnings(world.shop_id, after).owed.amount_minor
    assert owed == 150
    assert world.faults() == {}
    third = world.buys(spent, code=world.code(after))
    world.wait()
    assert world.rewards(third)[FIRST].state == states.PAID
    assert world.balance(after) == 485 - 150
    assert queries.earnings(world.shop_id, after).owed.amount_minor == 0
    assert world.faults() == {}


def by_points(world: World, buyer: UUID, minor: int = 0, *, code: str = "") -> OrderView:
    """A delivered order of which points pay `minor`, else all."""
    ref = Buyer(f"buyer:{buyer.hex}", ip=f"2001:db8:{buyer.hex[:4]}::1")
    with transaction.atomic():
        placed = place_order(
            shop_id=world.shop_id, lines=[LineRequest(world.shop.sku_id, 1)], buyer=ref, channel="storefront",
            order_id=uuid7(), credit=Credit("points", minor) if minor else None, now=world.now,
        )  # fmt: skip
        owed = minor or placed.total.amount_minor
        lines = (Line("1002:bank:manual", owed), Line(REDEEMED, -owed, order_id=placed.order_id))
        entry = Entry(f"test:{placed.order_id}", "points_spend", lines, world.now)
        books.post(shop_id=world.shop_id, currency="CNY", entries=(entry,), now=world.now)
    if code:
        attribute(
            shop_id=world.shop_id, order_id=placed.order_id, friend=buyer, names=Names(), now=world.now,
            invited=Invited(code, states.CHECKOUT, world.now),
        )  # fmt: skip
    if minor:
        pay_by_till(begin(world.till, placed.order_id, world.now), world.now)
    else:
        pay_from_credit(shop_id=world.shop_id, order_id=placed.order_id, account=REDEEMED, now=world.now)
    relay_all(world.now)
    world.sees(placed.order_id)
    return order_view(world.shop_id, placed.order_id)


def test_only_money_earns(world: World) -> None:
    """What points pay earns nothing and uses no invitation up; of what they pay in part the rest earns."""
    inviter, friend = world.account(), world.account()
    free = by_points(world, friend, code=world.code(inviter))
    assert free.delivered_at is not None
    assert world.rewards(free) == {}
    order = by_points(world, friend, 1850)
    assert order.total.amount_minor == 3000
    assert {level: one.amount.amount_minor for level, one in world.rewards(order).items()} == {FIRST: 300, FRIEND: 200}
    refund_part(
        shop_id=world.shop_id, order_id=order.id, amount=Money(1500, "CNY"), reason="test", actor="staff:1",
        now=world.now,
    )  # fmt: skip
    refund_all(world.now)
    world.wait()
    assert (world.balance(inviter), world.balance(friend)) == (150, 100)
    world.refunds(order)
    assert (world.balance(inviter), world.balance(friend)) == (0, 0)
    # Who had things for points alone may still be brought; that had been all before the money came.
    late = world.account()
    by_points(world, late)
    world.binds(late, inviter)
    assert world.rewards(world.buys(late))[FIRST].beneficiary == inviter
    assert world.rewards(by_points(world, late)) == {}
    assert world.faults() == {}


def spend(world: World, buyer: UUID, minor: int) -> None:
    """Money leaves a balance some other way."""
    lines = (Line(f"2207:wallet:{buyer}", minor), Line("1002:bank:manual", -minor))
    entry = Entry(f"test:{buyer}", "test", lines, world.now)
    books.post(shop_id=world.shop_id, currency="CNY", entries=(entry,), now=world.now)


def test_who_may_be_brought_by_whom(world: World) -> None:
    inviter, other, friend = world.account(), world.account(), world.account()
    code = world.code(inviter)
    with pytest.raises(OwnInvite):
        world.binds(inviter, inviter)
    with pytest.raises(InviteNotFound):
        bind(shop_id=world.shop_id, friend=friend, invited=Invited("ZZZZZZZZ", LINK, world.now), names=Names(),
             now=world.now)  # fmt: skip
    world.binds(friend, inviter)
    with pytest.raises(AlreadyInvited):
        world.binds(friend, other)
    bound = queries.binding_of(world.shop_id, friend)
    assert bound is not None
    assert bound.inviter == inviter
    # A code at checkout goes before the binding, for that order alone.
    order = world.buys(friend, code=world.code(other))
    assert world.rewards(order)[FIRST].beneficiary == other
    still = queries.binding_of(world.shop_id, friend)
    assert still is not None
    assert still.inviter == inviter
    # Who has bought before is nobody's friend to bring, and a link grows old.
    late = world.account()
    world.buys(late)
    with pytest.raises(AlreadyInvited):
        world.binds(late, inviter)
    asked = Invited(code, LINK, world.now)
    world.now = world.now.replace(year=world.now.year + 1)
    with pytest.raises(InviteNotFound):
        bind(shop_id=world.shop_id, friend=world.account(), invited=asked, names=Names(), now=world.now)
    assert world.faults() == {}


def test_two_levels_at_most_and_never_above_the_margin(world: World) -> None:
    world.gives(levels=2, first=Level(bp=3000), second=Level(bp=3000), friend=Level(bp=3000), floor_minor=1000)
    top, middle, friend = world.account(), world.account(), world.account()
    world.binds(middle, top)
    order = world.buys(friend, code=world.code(middle))
    # 48.50 less 8.00 of cost and 10.00 of floor leaves 30.50: 14.55, 14.55, and the rest.
    assert {level: one.amount.amount_minor for level, one in world.rewards(order).items()} == {0: 1455, 1: 1455, 2: 140}
    assert world.rewards(order)[2].beneficiary == top
    world.wait()
    assert (world.balance(top), world.balance(middle), world.balance(friend)) == (140, 1455, 1455)
    assert world.faults() == {}


def test_caps_of_a_day_and_of_a_month(world: World) -> None:
    world.gives(month_minor=700, day_friends=3)
    inviter = world.account()
    code = world.code(inviter)
    given = [world.rewards(world.buys(world.account(), code=code))[FIRST] for _ in range(4)]
    assert [(one.amount.amount_minor, one.state) for one in given] == [
        (485, states.APPROVED), (215, states.APPROVED), (0, states.REJECTED), (0, states.REJECTED),
    ]  # fmt: skip
    assert world.faults() == {}


def test_an_open_claim_keeps_a_reward_frozen_until_it_is_over(world: World) -> None:
    inviter, friend = world.account(), world.account()
    order = world.buys(friend, 2, code=world.code(inviter))
    mine = {"shop_id": world.shop_id, "actor": "buyer:x", "now": world.now}
    code_id = delivery.masked_codes(world.shop_id, [order.lines[0].line_id])[0].code_id
    claim = open_claim(
        order_id=order.id, line_id=order.lines[0].line_id, reason="invalid", code_ids=[code_id], **mine
    )  # fmt: skip
    world.wait()
    assert (world.balance(inviter), world.rewards(order)[FIRST].state) == (0, states.APPROVED)
    # One of two codes was bad: its price went back, and half of the rewards with it.
    grant_refund(
        shop_id=world.shop_id, claim_id=claim.id, reason="invalid", actor="staff:test", now=world.now
    )  # fmt: skip
    refund_all(world.now)
    world.wait(2)
    assert (world.balance(inviter), world.balance(friend)) == (485, 100)
    assert world.faults() == {}


def test_nothing_is_paid_while_the_friend_alone_can_have_the_price_back(world: World) -> None:
    inviter, friend = world.account(), world.account()
    order = world.buys(friend, code=world.code(inviter), seen=False)
    world.wait(40)
    assert (world.balance(inviter), world.balance(friend)) == (0, 0)
    world.sees(order.id)
    world.wait(2)
    assert (world.balance(inviter), world.balance(friend)) == (485, 200)
    assert world.faults() == {}


def test_what_was_promised_is_kept(world: World) -> None:
    order = world.buys(world.account(), code=world.code(world.account()))
    reward = world.rewards(order)[FIRST]
    for statement in (
        "UPDATE referrals_revision SET number = number WHERE shop_id = %s",
        f"UPDATE referrals_reward SET amount_minor = 1 WHERE shop_id = %s AND id = '{reward.id}'",
        f"DELETE FROM referrals_reward WHERE shop_id = %s AND id = '{reward.id}'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [world.shop_id])
    assert ProgrammeRevision.objects.filter(shop_id=world.shop_id).count() == 1


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({}, False), ({"on": False}, False), ({"first": Level(1001)}, True), ({"first": Level(10)}, False),
        ({"friend": Level(0, 201)}, True), ({"floor_minor": 1}, False), ({"freeze_days": 6}, True),
        ({"month_minor": 0}, True), ({"day_friends": 19}, False), ({"day_friends": 21}, True),
        ({"sku_bp": {UUID(int=1): 5}}, True), ({"alone_minor": 10_001}, True), ({"levels": 2}, True),
        ({"reject_from": 101}, True), ({"sticky": False}, False),
    ],
)  # fmt: skip
def test_what_gives_more_is_known(change: dict[str, Any], more: bool) -> None:
    assert gives_more(replace(TERMS, **change), TERMS) is more


def test_a_coupon_is_given_once_and_lost_while_it_is_unused(world: World) -> None:
    shop_id, view = world.shop_id, identity.shop_by_id(world.shop_id)
    actor = make_staff(view, world.now).actor
    long = Window(world.now, world.now + timedelta(days=60))
    made = run(view, reduce_by(world.now, 100, coupon=True, window=long), actor, world.now)
    wish = BatchWish(made.campaign_id, "claim", "邀请券", wanted=2, giftable=True)
    batch = make_coupons(shop_id=shop_id, wish=wish, actor=actor, now=world.now)
    with pytest.raises(InvalidProgramme):
        world.gives(kind=states.COUPON, coupon_batch=made.campaign_id)
    world.gives(kind=states.COUPON, coupon_batch=batch.id, friend=Level())
    inviter, other, *friends = (world.account() for _ in range(5))
    orders = [world.buys(friends[0], code=world.code(inviter)), world.buys(friends[1], code=world.code(other))]
    world.wait()
    mine, theirs = (promotions.coupons_of(shop_id, f"buyer:{one.hex}", world.now)[0] for one in (inviter, other))
    assert {(world.rewards(order)[FIRST].state, len(world.rewards(order))) for order in orders} == {(states.PAID, 1)}
    # The batch is used up: the third waits, and is not tried with every look.
    waits = world.buys(friends[2], code=world.code(inviter))
    world.wait()
    assert (world.rewards(waits)[FIRST].state, tasks.reward(world.now)) == (states.PAYABLE, 0)
    # One was passed on, and is gone all the same; the other stays with the order that holds it.
    link = give_coupon(shop_id=shop_id, coupon_id=mine.id, buyer_ref=f"buyer:{inviter.hex}", now=world.now)
    take_gift(shop_id=shop_id, token=link.token, buyer_ref="guest:friend", now=world.now)
    place_order(
        shop_id=shop_id, lines=[LineRequest(world.shop.sku_id, 1)], buyer=Buyer(f"buyer:{other.hex}", ip="192.0.2.7"),
        channel="storefront", coupons=[theirs.id], now=world.now,
    )  # fmt: skip
    for order in orders:
        world.refunds(order)
    assert {world.rewards(order)[FIRST].state for order in orders} == {states.REVERSED}
    assert promotions.coupons_of(shop_id, "guest:friend", world.now) == []
    [kept] = promotions.coupons_of(shop_id, f"buyer:{other.hex}", world.now)
    assert (kept.state, kept.expires_at is not None and kept.expires_at <= world.now) == ("reserved", True)
    assert world.faults() == {}
