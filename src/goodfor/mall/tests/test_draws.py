"""Draws: odds as they are published, each play by its roll, prizes never more than there are."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from goodfor.kernel.errors import DomainError
from goodfor.mall import odds, queries
from goodfor.mall.errors import DrawClosed, DrawKept, DrawNotFound, InvalidDraw, NoPlaysLeft
from goodfor.mall.models import Play
from goodfor.mall.odds import Chance
from goodfor.mall.operations import play as playing
from goodfor.mall.operations.play import play
from goodfor.mall.operations.set_draw import change_draw, make_draw, turn_draw
from goodfor.mall.operations.swap_prize import swap_prize
from goodfor.mall.tests.conftest import PRICE, World
from goodfor.mall.types import GOODS, NOTHING, POINTS, Played, PrizeWish
from goodfor.orders import queries as orders
from goodfor.orders.errors import TooManyOpenOrders, UnpaidShare
from goodfor.orders.tests.factories import place, stock, together
from goodfor.vault.errors import OutOfStock

NO_LUCK = PrizeWish("谢谢参与", NOTHING, 70, consolation=True)
SOME = PrizeWish("50 积分", POINTS, 20, stock=2, units=50)


def card(world: World, stock: int | None = None) -> PrizeWish:
    return PrizeWish("50 元卡", GOODS, 10, stock=stock, sku_id=world.shop.sku_id)


def table(*weights: int, gone: frozenset[int] = frozenset()) -> tuple[Chance, ...]:
    """The last is the consolation prize."""
    last = len(weights) - 1
    return tuple(Chance(UUID(int=n), weight, n not in gone, n == last) for n, weight in enumerate(weights))


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), st.data())
def test_odds_are_what_rolls_give(weights: list[int], data: Any) -> None:
    """Counted over every roll; they come to 1, and what is gone changes nobody else's."""
    gone = frozenset(data.draw(st.sets(st.integers(0, len(weights) - 2))))
    now, before = table(*weights, gone=gone), table(*weights)
    whole = odds.total(now)
    counted = Counter(odds.hit(now, roll).given for roll in range(whole))
    shares = odds.shares(now)
    assert {one: Fraction(counted[one], whole) for one in shares} == shares
    assert sum(shares.values()) == 1
    assert all(shares[one.prize_id] in (0, odds.shares(before)[one.prize_id]) for one in now[:-1])
    assert odds.from_json(odds.to_json(now)) == now
    for roll in (-1, whole):
        with pytest.raises(ValueError, match="no such roll"):
            odds.hit(now, roll)


def test_rolls_come_as_the_odds_say() -> None:
    """Chi-square of 100,000 rolls of a seeded source: within what one in a thousand such runs would exceed."""
    source, chances = random.Random(2026), table(1, 9, 90, 400, 9_500)
    rolls = 100_000
    counted = Counter(odds.hit(chances, source.randrange(odds.total(chances))).given for _ in range(rolls))
    square = sum(
        (counted[one] - rolls * float(share)) ** 2 / (rolls * float(share))
        for one, share in odds.shares(chances).items()
    )
    # Four degrees of freedom.
    assert square < 18.47


@pytest.mark.django_db(transaction=True)
def test_plays_come_as_the_odds_say(world: World) -> None:
    """The same of plays, each with its roll from a seeded source; the source is asked for all numbers."""
    draw, owner = world.draw(PrizeWish("5 积分", POINTS, 30, units=5), NO_LUCK, cost=1, per_day=100), world.member(50)
    source, asked = random.Random(7), set[int]()

    def roll(upto: int) -> int:
        asked.add(upto)
        return source.randrange(upto)

    for number in range(50):
        play(
            shop_id=world.shop_id, draw_id=draw.id, owner=owner, buyer=world.buyer(owner), request_key=str(number),
            roll=roll, now=world.now,
        )  # fmt: skip
    assert asked == {100}
    won = sum(one.prize == "5 积分" for one in queries.plays_of(world.shop_id, draw.id, owner, limit=50))
    # One degree of freedom.
    assert (won - 15) ** 2 / 15 + (won - 15) ** 2 / 35 < 10.83
    assert world.points(owner) == won * 5
    assert world.faults() == {}


@pytest.mark.django_db(transaction=True)
def test_plays_take_points_and_give_prizes(world: World) -> None:
    draw, owner = world.draw(card(world, stock=1), SOME, NO_LUCK), world.member(30)
    given = world.booked("6601:marketing")
    assert [one.percent for one in draw.prizes] == ["10.00%", "20.00%", "70.00%"]
    first = world.play(draw, owner, "a", roll=0)
    assert (first.prize.name, first.left) == ("50 元卡", 2)
    assert orders.order_view(world.shop_id, first.order_id).state == "delivered"  # type: ignore[arg-type]
    again = world.play(draw, owner, "a", roll=99)
    assert (again.play_id, again.again) == (first.play_id, True)
    assert (world.booked("6601:marketing") - given, world.booked("2203:redeemed")) == (PRICE, 0)
    # The goods are gone: their stretch gives the consolation prize, and the published odds say so.
    second = world.play(draw, owner, roll=0)
    assert (second.prize.name, second.order_id) == ("谢谢参与", None)
    assert [one.percent for one in queries.draw(world.shop_id, draw.id).prizes] == ["0%", "20.00%", "80.00%"]
    third = world.play(draw, owner, roll=10)
    assert (third.units, world.points(owner)) == (50, 50)
    with pytest.raises(NoPlaysLeft):
        world.play(draw, owner)
    assert queries.plays_left(world.shop_id, draw.id, owner, world.now) == 0
    world.now += timedelta(days=1)
    assert world.play(draw, owner, roll=99).left == 2
    told = queries.plays_of(world.shop_id, draw.id, owner)[2]
    assert (told.roll, told.drawn_id, told.prize) == (0, draw.prizes[0].id, "谢谢参与")
    # 30 points of 28 fen went, and ten of the 50 that were won; those are marketing.
    assert world.booked("6601:marketing") - given == PRICE + 50 * 95 // 100
    assert world.booked("5001:points") == 28 + 10
    assert world.faults() == {}
    assert queries.cost(world.shop_id, world.now - timedelta(days=2), world.now + timedelta(1)).prizes_minor == PRICE


@pytest.mark.django_db(transaction=True)
def test_goods_that_go_back_become_points(world: World) -> None:
    draw, owner = world.draw(card(world, stock=1), NO_LUCK), world.member(10)
    given = world.booked("6601:marketing")
    won = world.play(draw, owner, roll=0)
    assert won.order_id is not None
    world.refunds(won.order_id)
    assert world.points(owner) == PRICE
    assert (world.booked("6601:marketing") - given, world.booked("2203:redeemed")) == (PRICE * 95 // 100, 0)
    known = queries.play(world.shop_id, won.play_id)
    assert known.state == "swapped"
    order = orders.order_view(world.shop_id, won.order_id)
    refund = orders.refund_of_order(world.shop_id, order.id, order.payment_id)
    assert refund is not None
    assert not swap_prize(shop_id=world.shop_id, order_id=won.order_id, refund_id=refund.id, now=world.now)
    # It was won all the same: the prize does not come back into the draw.
    assert not queries.draw(world.shop_id, draw.id).prizes[0].left
    assert world.faults() == {}


@pytest.mark.django_db(transaction=True)
def test_goods_that_nobody_can_deliver_are_no_prize(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sold out between the table and the order: for this play it is gone, and its table says so."""
    draw, owner = world.draw(card(world), NO_LUCK), world.member(20)

    def sold(**_more: object) -> None:
        raise OutOfStock

    with monkeypatch.context() as here:
        here.setattr(playing, "place_order", sold)
        assert world.play(draw, owner, roll=3).prize.name == "谢谢参与"
    [row] = Play.objects.filter(shop_id=world.shop_id)
    assert [one["left"] for one in row.odds] == [False, True]
    assert queries.draw(world.shop_id, draw.id).prizes[0].won == 0

    def owes(**_more: object) -> None:
        raise TooManyOpenOrders

    with monkeypatch.context() as here:
        here.setattr(playing, "place_order", owes)
        with pytest.raises(TooManyOpenOrders):
            world.play(draw, owner, roll=3)
    assert (world.points(owner), Play.objects.filter(shop_id=world.shop_id).count()) == (10, 1)
    assert world.play(draw, owner, roll=3).prize.name == "50 元卡"
    assert world.faults() == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("orders_of", "many", "refused"), [(1, 5, TooManyOpenOrders), (5, 2, UnpaidShare)])
def test_who_leaves_orders_unpaid_does_not_choose_his_prize(
    world: World, orders_of: int, many: int, refused: type[DomainError]
) -> None:
    """What would be refused for goods is refused before the roll, whatever it is: a play is no look at what comes."""
    draw, owner = world.draw(SOME, card(world), NO_LUCK), world.member(20)
    for _ in range(many):
        place(world.shop, world.now, orders_of, ref=f"buyer:{owner.hex}")
    for roll in (0, 25, 99):
        with pytest.raises(refused):
            world.play(draw, owner, roll=roll)
    assert (world.points(owner), Play.objects.filter(shop_id=world.shop_id).count()) == (20, 0)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_for_the_last_prize(world: World) -> None:
    """Everybody rolls it; one has it, the others have the consolation prize, and everybody has paid."""
    draw = world.draw(card(world, stock=1), NO_LUCK)
    owners = [world.member(10) for _ in range(25)]
    plays = together(lambda n: world.play(draw, owners[n], roll=0), 25, 25)
    assert all(isinstance(one, Played) for one in plays)
    assert Counter(one.prize.name for one in plays) == {"50 元卡": 1, "谢谢参与": 24}
    assert sum(world.points(owner) for owner in owners) == 0
    assert stock(world.shop)[2] == 1
    assert world.faults() == {}


@pytest.mark.django_db(transaction=True)
def test_one_member_at_once(world: World) -> None:
    """The same request is one play; others are as many as a day has."""
    draw, owner = world.draw(SOME, NO_LUCK, per_day=3), world.member(1000)
    same = together(lambda _n: world.play(draw, owner, "the same"), 8, 8)
    assert len({one.play_id for one in same}) == 1
    answers = together(lambda _n: world.play(draw, owner), 10, 10)
    assert sum(isinstance(one, Played) for one in answers) == 2
    assert {one for one in answers if isinstance(one, str)} == {"no_plays_left"}
    assert world.faults() == {}


@pytest.mark.django_db(transaction=True)
def test_who_may_not_play(world: World) -> None:
    draw, owner = world.draw(SOME, NO_LUCK), world.member(9)
    with pytest.raises(DomainError) as few:
        world.play(draw, owner)
    assert few.value.code == "not_enough_points"
    with pytest.raises(DrawNotFound):
        world.play(world.draw(SOME, NO_LUCK, on=False), owner)
    turn_draw(shop_id=world.shop_id, draw_id=draw.id, on=False, actor=world.actor, now=world.now)
    with pytest.raises(DrawClosed):
        world.play(draw, owner)
    turn_draw(shop_id=world.shop_id, draw_id=draw.id, on=True, actor=world.actor, now=world.now)
    world.now += timedelta(days=31)
    with pytest.raises(DrawClosed):
        world.play(draw, owner)
    assert (world.points(owner), Play.objects.filter(shop_id=world.shop_id).count()) == (9, 0)


@pytest.mark.django_db(transaction=True)
def test_what_a_draw_may_be(world: World) -> None:
    """One consolation prize, codes, at most 50,000 yuan; once it was on, nothing of it changes."""
    good = world.draw(SOME, NO_LUCK, on=False)
    for prizes, field in (
        ((SOME, replace(NO_LUCK, consolation=False)), "prizes"),
        ((SOME,), "prizes"),
        ((replace(SOME, units=5_000_001), NO_LUCK), "prizes.0.kind"),
        ((replace(SOME, weight=0), NO_LUCK), "prizes.0.weight"),
        ((replace(SOME, sku_id=uuid4(), units=0, kind=GOODS), NO_LUCK), "prizes.0.sku_id"),
        ((SOME, replace(NO_LUCK, stock=3)), "prizes.1.kind"),
        ((SOME, replace(SOME, name="x", consolation=True)), "prizes.1.kind"),
        ((replace(SOME, name=""), NO_LUCK), "prizes.0.name"),
    ):
        with pytest.raises(InvalidDraw) as no:
            make_draw(shop_id=world.shop_id, wish=replace(good.wish, prizes=prizes), actor=world.actor, now=world.now)
        assert no.value.data["field"] == field
    for field, change in {"cost": 0, "per_day": 101, "ends_at": world.now, "name": " "}.items():
        with pytest.raises(InvalidDraw) as no:
            changed = replace(good.wish, **{field: change})  # type: ignore[arg-type]
            change_draw(shop_id=world.shop_id, draw_id=good.id, wish=changed, actor=world.actor, now=world.now)
        assert no.value.data["field"] == field
    act: dict[str, Any] = {"shop_id": world.shop_id, "draw_id": good.id, "actor": world.actor, "now": world.now}
    assert change_draw(**act, wish=replace(good.wish, cost=20)).wish.cost == 20
    turn_draw(**act, on=True)
    with pytest.raises(DrawKept):
        change_draw(**act, wish=good.wish)
    world.play(good, world.member(20))
    for text in (
        "UPDATE mall_draw SET cost = 1 WHERE shop_id = %s",
        "UPDATE mall_prize SET weight = 1 WHERE shop_id = %s",
        "DELETE FROM mall_prize WHERE shop_id = %s",
        "UPDATE mall_play SET roll = 1 - roll WHERE shop_id = %s",
        "UPDATE mall_prize SET won = 3 WHERE shop_id = %s AND stock = 2",
    ):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text, [world.shop_id])
    assert world.faults() == {}
